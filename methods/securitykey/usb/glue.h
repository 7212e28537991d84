/* What cgo can't say by itself: macros, loops that must not be optimised away, and files by libc. */
#ifndef SPAREKEY_GLUE_H
#define SPAREKEY_GLUE_H

#include <fido.h>
#include <fido/bio.h>
#include <fido/credman.h>
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
 * setting belongs to the thread in some builds of libfido2, so that it is made here. */
static inline int sk_open(fido_dev_t *dev, const char *path, int ms)
{
	int r;

	fido_init(FIDO_DISABLE_U2F_FALLBACK);
	if ((r = fido_dev_set_timeout(dev, ms)) != FIDO_OK)
		return r;
	return fido_dev_open(dev, path);
}

static inline const char *sk_text(char **list, size_t i) { return list[i]; }
static inline int sk_bool(const bool *list, size_t i) { return list[i]; }

#endif
