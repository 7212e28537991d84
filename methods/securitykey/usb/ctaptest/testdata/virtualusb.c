/*
 * virtualusb runs a program beside virtual FIDO devices: fake /dev/hidraw nodes that the real libfido2 finds, opens and
 * talks to. It is started under umockdev-wrapper:
 *
 *   umockdev-wrapper virtualusb PROGRAM ARGUMENT...
 *
 * The program gets a SOCK_SEQPACKET socket as descriptor 3. Each packet begins with an operation and a port number:
 *   to here    P n text  plug in a device; text is "VVVV:PPPP\nmanufacturer\nproduct", IDs in hexadecimal
 *              L n text  the same, but the system does not know yet what it is
 *              S n       now the system knows
 *              U n       take it out
 *              X n mode  set the node's permissions, two bytes, the high one first
 *              D n data  a report of 64 bytes from the device
 *   to there   K n       done (after all of these but D)
 *              D n data  a report of 64 bytes to the device
 *
 * A node is a pseudo-terminal: libfido2 polls and reads it like the kernel's. What nobody has open is not kept.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <linux/hidraw.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <umockdev.h>
#include <unistd.h>

#define PORTS 8
#define REPORT 64

struct port {
	int number, master, slave;
	guint watch;
	char *path, *node, hid[32], name[64]; /* of the slave */
	UMockdevIoctlBase *ioctls;
};

static struct port ports[PORTS];
static UMockdevTestbed *bed;
static GMainLoop *loop;
static int bus;
static pid_t program;
static unsigned plugged; /* counts, since the kernel numbers each new HID device */

/* FIDO alliance usage page, one input and one output report of 64 bytes (CTAP 2.1, section 11.2.8). */
static const unsigned char descriptor[] = {
	0x06, 0xd0, 0xf1, 0x09, 0x01, 0xa1, 0x01,
	0x09, 0x20, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40, 0x81, 0x02,
	0x09, 0x21, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40, 0x91, 0x02,
	0xc0,
};

static void die(const char *what)
{
	fprintf(stderr, "virtualusb: %s: %s\n", what, strerror(errno));
	if (program > 0)
		kill(program, SIGTERM);
	exit(125);
}

static void must(GError *err)
{
	if (err != NULL) {
		fprintf(stderr, "virtualusb: %s\n", err->message);
		exit(125);
	}
}

static void tell(unsigned char op, int n, const void *data, size_t len)
{
	unsigned char packet[2 + REPORT] = { op, (unsigned char)n };

	memcpy(packet + 2, data, len);
	if (send(bus, packet, 2 + len, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
		die("send");
}

/* How often a process has the node open. */
static int opened_by(pid_t pid, const struct port *p)
{
	char path[64], target[64];
	struct dirent *fd;
	int n = 0;
	DIR *all;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	if ((all = opendir(path)) == NULL)
		return 0;
	while ((fd = readdir(all)) != NULL) {
		ssize_t len = readlinkat(dirfd(all), fd->d_name, target, sizeof(target));

		n += len == (ssize_t)strlen(p->name) && memcmp(target, p->name, (size_t)len) == 0;
	}
	closedir(all);
	return n;
}

/* The same for the program and those that it started. */
static int opened(const struct port *p)
{
	char path[300];
	int n = opened_by(program, p), child;
	struct dirent *task;
	FILE *children;
	DIR *all;

	snprintf(path, sizeof(path), "/proc/%d/task", program);
	if ((all = opendir(path)) == NULL)
		return n;
	while ((task = readdir(all)) != NULL) {
		snprintf(path, sizeof(path), "/proc/%d/task/%s/children", program, task->d_name);
		if ((children = fopen(path, "r")) == NULL)
			continue;
		while (fscanf(children, "%d", &child) == 1)
			n += opened_by(child, p);
		fclose(children);
	}
	closedir(all);
	return n;
}

static gboolean on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer data)
{
	UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(client);
	struct port *p = data;
	gulong request = umockdev_ioctl_client_get_request(client);
	GError *err = NULL;

	(void)base;
	if (p->node == NULL) {
		umockdev_ioctl_client_complete(client, -1, ENODEV);
		return TRUE;
	}
	if (request == HIDIOCGRDESCSIZE) {
		UMockdevIoctlData *size = umockdev_ioctl_data_resolve(arg, 0, sizeof(int), &err);
		int n = sizeof(descriptor), old;

		must(err);
		umockdev_ioctl_data_update(size, 0, (guint8 *)&n, sizeof(n));
		/* Whoever opens a node gets no old reports. All that have it open read from one queue here, unlike the kernel's:
		 * it stays as it is while somebody else does. */
		if (ioctl(p->slave, FIONREAD, &old) == 0 && old > 0 && opened(p) < 2)
			tcflush(p->slave, TCIFLUSH);
	} else if (request == HIDIOCGRDESC) {
		struct hidraw_report_descriptor d = { .size = sizeof(descriptor) };
		UMockdevIoctlData *all = umockdev_ioctl_data_resolve(arg, 0, sizeof(d), &err);

		must(err);
		memcpy(d.value, descriptor, sizeof(descriptor));
		umockdev_ioctl_data_update(all, 0, (guint8 *)&d, sizeof(d));
	} else {
		umockdev_ioctl_client_complete(client, -1, ENOTTY);
		return TRUE;
	}
	umockdev_ioctl_client_complete(client, 0, 0);
	return TRUE;
}

/* libfido2 writes 65 bytes: the report's number, which is 0, and the report. */
static gboolean on_report(gint fd, GIOCondition when, gpointer data)
{
	struct port *p = data;
	unsigned char report[1 + REPORT];
	size_t have = 0;

	(void)when;
	while (have < sizeof(report)) {
		ssize_t n = read(fd, report + have, sizeof(report) - have);

		if (n <= 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return G_SOURCE_REMOVE;
		have += (size_t)n;
	}
	tell('D', p->number, report + 1, REPORT);
	return G_SOURCE_CONTINUE;
}

static char *tree(struct port *p, const char *text)
{
	char **field = g_strsplit(text, "\n", 3), **id = g_strsplit(field[0], ":", 2), *all;
	int n = p->number;

	snprintf(p->hid, sizeof(p->hid), "0003:%.4s:%.4s.%04X", id[0], id[1], plugged);
	all = g_strdup_printf(
	    "P: /devices/pci/usb1/1-%d\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: PRODUCT=%s/%s/500\n"
	    "A: idVendor=%s\nA: idProduct=%s\nA: manufacturer=%s\nA: product=%s\n\n"
	    "P: /devices/pci/usb1/1-%d/1-%d:1.0\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n\n"
	    "P: /devices/pci/usb1/1-%d/1-%d:1.0/%s\nE: SUBSYSTEM=hid\n"
	    "E: HID_ID=0003:0000%s:0000%s\nE: HID_NAME=%s\n\n"
	    "P: /devices/pci/usb1/1-%d/1-%d:1.0/%s/hidraw/hidraw%d\n"
	    "E: SUBSYSTEM=hidraw\nE: MAJOR=240\nE: MINOR=%d\n",
	    n, id[0], id[1], id[0], id[1], field[1], field[2], n, n,
	    n, n, p->hid, id[0], id[1], field[2],
	    n, n, p->hid, n, n);

	g_strfreev(field);
	g_strfreev(id);
	return all;
}

static char *hidraw_path(const struct port *p)
{
	return g_strdup_printf("%s/1-%d:1.0/%s/hidraw/hidraw%d", p->path, p->number, p->hid, p->number);
}

/* The kernel shows the descriptor to everybody, whoever may open the node. */
static void describe(struct port *p)
{
	char *hid = g_strdup_printf("%s/1-%d:1.0/%s", p->path, p->number, p->hid);

	umockdev_testbed_set_attribute_binary(bed, hid, "report_descriptor", (guint8 *)descriptor, sizeof(descriptor));
	g_free(hid);
}

static void plug(struct port *p, const char *text)
{
	char *all, *hidraw, *link, *root = umockdev_testbed_get_root_dir(bed);
	struct termios raw;
	GError *err = NULL;

	if (openpty(&p->master, &p->slave, p->name, NULL, NULL) < 0)
		die("openpty");
	if (tcgetattr(p->slave, &raw) < 0)
		die("tcgetattr");
	cfmakeraw(&raw);
	if (tcsetattr(p->slave, TCSANOW, &raw) < 0)
		die("tcsetattr");
	fcntl(p->master, F_SETFD, FD_CLOEXEC);
	fcntl(p->slave, F_SETFD, FD_CLOEXEC);
	plugged++;
	p->path = g_strdup_printf("/sys/devices/pci/usb1/1-%d", p->number);
	p->node = g_strdup_printf("/dev/hidraw%d", p->number);
	p->watch = g_unix_fd_add(p->master, G_IO_IN, on_report, p);

	all = tree(p, text);
	if (!umockdev_testbed_add_from_string(bed, all, &err))
		must(err);
	/* The test bed would make the node by itself, and keep it for ever: it gets to know the name afterwards. */
	hidraw = hidraw_path(p);
	umockdev_testbed_set_property(bed, hidraw, "DEVNAME", p->node);
	g_free(hidraw);
	link = g_strdup_printf("%s/dev", root);
	mkdir(link, 0755);
	g_free(link);
	link = g_strdup_printf("%s%s", root, p->node);
	if (symlink(p->name, link) < 0)
		die("symlink");
	g_free(link);

	/* Once and for all: to take it away would abort a program that is in the middle of a call. */
	if (p->ioctls == NULL) {
		p->ioctls = umockdev_ioctl_base_new();
		g_signal_connect(p->ioctls, "handle-ioctl", G_CALLBACK(on_ioctl), p);
		if (!umockdev_testbed_attach_ioctl(bed, p->node, p->ioctls, &err))
			must(err);
	}
	g_free(all);
	g_free(root);
}

/* The deepest first: the test bed forgets the links to a device, but not those to its children. */
static void remove_tree(struct port *p)
{
	char *usb = g_strdup_printf("%s/1-%d:1.0", p->path, p->number), *hid = g_strdup_printf("%s/%s", usb, p->hid);
	char *hidraw = hidraw_path(p);

	umockdev_testbed_remove_device(bed, hidraw);
	umockdev_testbed_remove_device(bed, hid);
	umockdev_testbed_remove_device(bed, usb);
	umockdev_testbed_remove_device(bed, p->path);
	g_free(hidraw);
	g_free(hid);
	g_free(usb);
}

static void unplug(struct port *p)
{
	char *root, *link;

	if (p->node == NULL)
		return;
	root = umockdev_testbed_get_root_dir(bed);
	link = g_strdup_printf("%s%s", root, p->node);
	remove_tree(p);
	unlink(link);
	g_source_remove(p->watch);
	close(p->slave);
	close(p->master);
	g_free(p->path);
	g_free(p->node);
	g_free(root);
	g_free(link);
	p->node = NULL;
}

static gboolean on_bus(gint fd, GIOCondition when, gpointer data)
{
	unsigned char packet[1024];
	ssize_t n = recv(fd, packet, sizeof(packet) - 1, 0);
	struct port *p;

	(void)when;
	(void)data;
	if (n < 2 || packet[1] >= PORTS)
		return n <= 0 ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
	packet[n] = 0;
	p = &ports[packet[1]];
	switch (packet[0]) {
	case 'P':
		plug(p, (char *)packet + 2);
		describe(p);
		break;
	case 'L':
		plug(p, (char *)packet + 2);
		break;
	case 'S':
		describe(p);
		break;
	case 'U':
		unplug(p);
		break;
	case 'X':
		if (fchmod(p->slave, (mode_t)(packet[2] << 8 | packet[3])) < 0)
			die("chmod");
		break;
	case 'D':
		if (p->node != NULL && write(p->master, packet + 2, REPORT) != REPORT)
			die("write");
		return G_SOURCE_CONTINUE;
	default:
		return G_SOURCE_CONTINUE;
	}
	tell('K', p->number, "", 0);
	return G_SOURCE_CONTINUE;
}

static int status;

static void on_exit_of_program(GPid pid, gint how, gpointer data)
{
	(void)pid;
	(void)data;
	status = how;
	g_main_loop_quit(loop);
}

int main(int argc, char **argv)
{
	char *preload;
	int pair[2];

	if (argc < 2) {
		fprintf(stderr, "usage: umockdev-wrapper %s PROGRAM ARGUMENT...\n", argv[0]);
		return 125;
	}
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < PORTS; i++)
		ports[i].number = i;
	bed = umockdev_testbed_new();
	loop = g_main_loop_new(NULL, FALSE);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		die("socketpair");
	bus = pair[0];
	if ((program = fork()) < 0)
		die("fork");
	if (program == 0) {
		if (pair[1] == 3)
			fcntl(3, F_SETFD, 0);
		else if (dup2(pair[1], 3) < 0)
			_exit(126);
		/* A program whose bus is gone would go on with keys that neither answer nor leave. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setenv("SPAREKEY_VIRTUAL_USB", "3", 1);
		preload = g_strdup_printf("%s.so:%s", argv[0], getenv("LD_PRELOAD")); /* straight.c */
		setenv("LD_PRELOAD", preload, 1);
		execvp(argv[1], argv + 1);
		fprintf(stderr, "virtualusb: %s: %s\n", argv[1], strerror(errno));
		_exit(127);
	}
	close(pair[1]);
	g_unix_fd_add(bus, G_IO_IN | G_IO_HUP, on_bus, NULL);
	g_child_watch_add(program, on_exit_of_program, NULL);
	g_main_loop_run(loop);
	for (int i = 0; i < PORTS; i++)
		unplug(&ports[i]);
	g_object_unref(bed);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
