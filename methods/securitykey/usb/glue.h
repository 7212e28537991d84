/* What cgo can't say by itself: macros, loops that must not be optimised away, and files by libc. */
#ifndef SPAREKEY_GLUE_H
#define SPAREKEY_GLUE_H

#include <fido.h>
#include <fido/bio.h>
#include <fido/credman.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Overwrites and frees a PIN. */
static inline void sk_wipe(void *p, size_t n)
{
	volatile unsigned char *b = p;

	while (n-- > 0)
		*b++ = 0;
	free(p);
}

/* Opens a key for calls of at most ms milliseconds each. A key that speaks no CTAP2 does not pass for a U2F one: the
 * setting belongs to the thread in some builds of libfido2, so that it is made here. A signal that reaches a thread in the
 * middle of libfido2's poll would end the conversation as a broken one; there it waits until the poll is over. */
static inline int sk_open(fido_dev_t *dev, const char *path, int ms)
{
	int r;

	fido_init(FIDO_DISABLE_U2F_FALLBACK);
	if ((r = fido_dev_set_timeout(dev, ms)) != FIDO_OK)
		return r;
#ifdef _WIN32
	return fido_dev_open(dev, path);
#else
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = fido_dev_open(dev, path);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r == FIDO_OK)
		(void)fido_dev_set_sigmask(dev, &all); /* macOS's part of libfido2 has none */
	return r;
#endif
}

static inline const char *sk_text(char **list, size_t i) { return list[i]; }
static inline int sk_bool(const bool *list, size_t i) { return list[i]; }

#endif
