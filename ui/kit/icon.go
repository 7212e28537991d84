package kit

import (
	"bytes"
	"fmt"
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/sparekey/sparekey/assets"
)

// Icon names one of our icons.
type Icon string

// The icons.
const (
	IconApp      Icon = "app"
	IconMessage  Icon = "message"
	IconCall     Icon = "call"
	IconKey      Icon = "key"
	IconMail     Icon = "mail"
	IconQuestion Icon = "question"
	IconLock     Icon = "lock"
	IconUnlock   Icon = "unlock"
	IconShield   Icon = "shield"
	IconHelp     Icon = "help"
	IconChevron  Icon = "chevron"
	IconCheck    Icon = "check"
	IconCopy     Icon = "copy"
	IconEye      Icon = "eye"
	IconEyeOff   Icon = "eyeoff"
	IconWarning  Icon = "warning"
	IconInfo     Icon = "info"
	IconPerson   Icon = "person"
	IconFinger   Icon = "finger"
	IconTray     Icon = "tray"
	IconBack     Icon = "back"
	IconClock    Icon = "clock"
	IconContrast Icon = "contrast"
	IconKeyboard Icon = "keyboard"
	IconLarger   Icon = "larger"
	IconGlobe    Icon = "globe"
	IconNetwork  Icon = "network"
	iconAlert    Icon = "alert"
	iconCircle   Icon = "circle"
	iconCross    Icon = "cross"
	iconShift    Icon = "shift"
	iconErase    Icon = "erase"
	iconEnter    Icon = "enter"
	iconHide     Icon = "hide"
)

// tinted holds every icon in every colour and width of line it was shown in, by name.
var tinted sync.Map

// in returns the icon drawn in c with lines this many pixels wide: Fyne scales
// a picture's shapes but not its lines. It caches pictures by their name, so
// each colour and width has its own.
func (i Icon) in(c color.Color, width float32) fyne.Resource {
	r, g, b, _ := c.RGBA()
	hex := fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
	line := fmt.Sprintf(`stroke-width="%.2f"`, width)
	name := string(i) + hex + line + ".svg"
	if res, ok := tinted.Load(name); ok {
		return res.(fyne.Resource)
	}
	svg, err := assets.Icon(string(i))
	if err != nil {
		fyne.LogError("icon is missing", err)
	}
	svg = bytes.ReplaceAll(svg, []byte(assets.Stroke), []byte(hex))
	svg = bytes.ReplaceAll(svg, []byte(assets.StrokeWidth), []byte(line))
	res, _ := tinted.LoadOrStore(name, fyne.NewStaticResource(name, svg))
	return res.(fyne.Resource)
}

// density is how many pixels one of Fyne's units takes on the window of o, or
// before it is on one, on the application's first.
func density(o fyne.CanvasObject) float32 {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(o)
	if windows := driver.AllWindows(); c == nil && len(windows) > 0 {
		c = windows[0].Canvas()
	}
	if c == nil {
		return 1
	}
	const far = 1000
	x, _ := c.PixelCoordinateForPosition(fyne.NewPos(far, 0))
	return max(float32(x)/far, 0.5)
}

// Mark is an icon in a colour of the theme.
type Mark struct {
	widget.BaseWidget
	icon  Icon
	size  float32
	color fyne.ThemeColorName
	image *canvas.Image
}

// NewMark returns the icon, size units wide and high.
func NewMark(icon Icon, size float32, color fyne.ThemeColorName) *Mark {
	m := &Mark{icon: icon, size: size, color: color, image: &canvas.Image{FillMode: canvas.ImageFillContain}}
	m.ExtendBaseWidget(m)
	return m
}

// set changes what is shown.
func (m *Mark) set(icon Icon, color fyne.ThemeColorName) {
	if m.icon != icon || m.color != color {
		m.icon, m.color = icon, color
		m.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (m *Mark) CreateRenderer() fyne.WidgetRenderer { return render(m) }

// Children is the picture.
func (m *Mark) Children() []fyne.CanvasObject { return []fyne.CanvasObject{m.image} }

func (m *Mark) minSize() fyne.Size { return fyne.NewSquareSize(u(m.size)) }

func (m *Mark) paint() {
	if m.icon == "" {
		return
	}
	m.image.Resource = m.icon.in(Color(m.color), max(1.7*u(m.size)/24, u(1.3))*density(m))
	m.image.Refresh()
}

func (m *Mark) layout(size fyne.Size) {
	side := min(u(m.size), size.Width, size.Height)
	place(m.image, (size.Width-side)/2, (size.Height-side)/2, side, side)
}
