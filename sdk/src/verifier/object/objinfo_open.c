/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From a file or memory to what an object tells. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "objinfo.h"

#define MOST_BYTES ((size_t)64 << 20)

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OUR_ORDER ELFDATA2LSB
#else
#define OUR_ORDER ELFDATA2MSB
#endif

static int refuse(const struct skep_objinfo *o, const char *why)
{
	return skep_fail_hint(skep_fail(EINVAL, "%s is no BPF object: %s", o->label, why),
			      "give the .bpf.o file that the program was loaded from");
}

static int check_header(struct skep_objinfo *o)
{
	if (o->bytes < sizeof(Elf64_Ehdr) || memcmp(o->data, ELFMAG, SELFMAG))
		return refuse(o, "not an ELF file");
	if (o->data[EI_CLASS] != ELFCLASS64)
		return refuse(o, "not of 64 bits");
	o->swapped = o->data[EI_DATA] != OUR_ORDER;
	if (skep_objinfo_u16(o, offsetof(Elf64_Ehdr, e_machine)) != EM_BPF)
		return refuse(o, "for another machine");
	return 0;
}

static int read_all(struct skep_objinfo *o)
{
	int err = check_header(o);

	if (err)
		return err;
	o->found = skep_arena_alloc(&o->arena, sizeof(*o->found));
	skep_objinfo_read_elf(o);
	skep_objinfo_read_ext(o);
	skep_objinfo_read_maps(o);
	skep_objinfo_link(o);
	if (o->arena.failed)
		return skep_fail(ENOMEM, "no memory for %s", o->label);
	return o->layout_count ? 0 : refuse(o, "there is no program in it");
}

/* Takes `owned` over, also on failure. */
static int open_bytes(struct skep_objinfo **out, const void *data, size_t bytes, const char *label,
		      void *owned)
{
	struct skep_objinfo *o = calloc(1, sizeof(*o));
	int err;

	if (!o) {
		free(owned);
		return skep_fail(ENOMEM, "no memory for %s", label);
	}
	*o = (struct skep_objinfo){ .label = label, .data = data, .bytes = bytes, .owned = owned };
	err = read_all(o);
	if (err)
		skep_objinfo_free(o);
	else
		*out = o;
	return err;
}

int skep_objinfo_open(struct skep_objinfo **out, const void *data, size_t bytes, const char *label)
{
	if (bytes > MOST_BYTES)
		return skep_fail(E2BIG, "%s is too large for a BPF object", label);
	return open_bytes(out, data, bytes, label, NULL);
}

static int cannot_read(const char *path, int code)
{
	return skep_fail(code, "cannot read the object %s: %s", path, strerror(code));
}

int skep_objinfo_open_file(struct skep_objinfo **out, const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	AUTO_FREE char *data = NULL;
	size_t used = 0;
	ssize_t n = 1;
	struct stat st;
	void *owned;

	if (fd < 0 || fstat(fd, &st))
		return cannot_read(path, errno);
	if (!S_ISREG(st.st_mode))
		return skep_fail(EINVAL, "the object %s is not a file", path);
	if ((uint64_t)st.st_size > MOST_BYTES)
		return skep_fail(E2BIG, "%s is too large for a BPF object", path);
	data = malloc((size_t)st.st_size + 1);
	if (!data)
		return skep_fail(ENOMEM, "no memory for %s", path);
	while (n > 0 && used < (size_t)st.st_size) {
		n = read(fd, data + used, (size_t)st.st_size - used);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			return cannot_read(path, errno);
		else
			used += (size_t)n;
	}
	owned = SKEP_TAKE(data);
	return open_bytes(out, owned, used, path, owned);
}

void skep_objinfo_free(struct skep_objinfo *o)
{
	SKEP_KEEP_ERROR;

	if (!o)
		return;
	skep_arena_free(&o->arena);
	free(o->owned);
	free(o);
}
