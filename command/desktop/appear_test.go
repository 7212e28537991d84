package desktop

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestWhoHasNoCacheGetsOne, and where none can be made nothing happens.
func TestWhoHasNoCacheGetsOne(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the folder has another name")
	}
	home := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", home)
	makeCacheFolder()
	if info, err := os.Stat(filepath.Join(home, ".cache", "fyne", appID)); err != nil || !info.IsDir() {
		t.Errorf("the toolkit finds no folder: %v", err)
	}
	t.Setenv("HOME", "")
	makeCacheFolder()
	inTheWay := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", inTheWay)
	makeCacheFolder()
}
