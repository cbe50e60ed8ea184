/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From a file or memory to an open object. What is broken is refused before libbpf sees it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "elf_check.h"
#include "object.h"
#include "struct_ops.h"

#define MOST_BYTES (256u << 20) /* far beyond any program, short of what hurts */

/* What clang calls by itself, or the source without knowing it: nobody links a C library. */
static int add_hint(int err, const char *complaint)
{
	static const char before[] = "failed to find BTF for extern '";
	const char *name = strstr(complaint, before);

	if (!name)
		return err;
	name += sizeof(before) - 1;
	return skep_fail_hint(
		err,
		"the program calls %.*s(), and neither it nor the kernel has that: there "
		"is no C library. Where the source does not call it, clang made it of a "
		"comparison or copy of memory: align both sides, or make it smaller",
		(int)strcspn(name, "'"), name);
}

static int open_checked(struct skep_object **out, const void *data, size_t bytes, const char *label,
			const char *name, const struct skep_object_opts *opts)
{
	struct skep_struct_ops_image adapted;
	struct bpf_object *obj;
	char complaint[512];
	LIBBPF_OPTS(bpf_object_open_opts, libbpf_opts, .object_name = name,
		    .btf_custom_path = SKEP_OPT(opts, kernel_btf));
	SKEP_CAPTURE(said);
	int err = skep_elf_check(data, bytes, label);

	if (!err)
		err = skep_struct_ops_adapt(data, bytes, label, &adapted);
	if (err)
		return err;
	obj = bpf_object__open_mem(adapted.data ? adapted.data : data, bytes, &libbpf_opts);
	err = -errno;
	free(adapted.data);
	if (obj) {
		skep_struct_ops_mark(obj, &adapted);
		return skep_object_wrap(out, obj);
	}
	skep_capture_complaint(&said, complaint, sizeof(complaint));
	err = skep_fail(err, "cannot open %s: %s", label,
			complaint[0] ? complaint : strerror(-skep_errno_standard(err)));
	return add_hint(err, complaint);
}

/* Takes the file over: if the verifier refuses a program, it tells the lines of source. */
static void keep_image(struct skep_object *object, void *image, size_t bytes)
{
	object->image = image;
	object->image_bytes = image ? bytes : 0;
}

/* `err` where something is wrong already. */
static int check_call(struct skep_object **out, const void *from, const char *what, int err)
{
	if (err)
		return err;
	if (!from)
		return skep_fail(EINVAL, "there is no object to open: the %s is NULL", what);
	return out ? 0 : skep_fail(EINVAL, "there is nowhere to put the object: `out` is NULL");
}

static void *copy(const void *data, size_t bytes)
{
	void *image = malloc(bytes);

	return image ? memcpy(image, data, bytes) : NULL;
}

int skep_object_open_mem(struct skep_object **out, const void *data, size_t bytes,
			 const struct skep_object_opts *opts)
{
	const char *name = "object";
	int err = check_call(out, data, "memory", SKEP_OPTS_CHECK(opts));

	if (err)
		return err;
	if (SKEP_OPT(opts, name))
		name = SKEP_OPT(opts, name);
	err = open_checked(out, data, bytes, name, name, opts);
	if (!err)
		keep_image(*out, copy(data, bytes), bytes);
	return err;
}

static int open_file(const char *path, size_t *bytes)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return skep_fail(errno, "cannot open %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return skep_fail(EINVAL, "%s is not a file", path);
	if (st.st_size > (off_t)MOST_BYTES)
		return skep_fail(EFBIG, "%s is too large for a BPF object (%lld bytes)", path,
				 (long long)st.st_size);
	*bytes = (size_t)st.st_size;
	return skep_take_fd(&fd);
}

static int read_file(const char *path, void **data, size_t *bytes)
{
	AUTO_CLOSE int fd = open_file(path, bytes);
	AUTO_FREE char *buf = NULL;
	size_t done = 0;

	if (fd < 0)
		return fd;
	buf = malloc(*bytes + 1);
	if (!buf)
		return skep_fail(ENOMEM, "no memory to read %s", path);
	while (done < *bytes) {
		ssize_t n = read(fd, buf + done, *bytes - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return skep_fail(errno, "cannot read %s: %s", path, strerror(errno));
		if (!n)
			break; /* it shrank: the check will say so */
		done += (size_t)n;
	}
	*bytes = done;
	*data = SKEP_TAKE(buf);
	return 0;
}

/* "dir/execsnoop.bpf.o" is "execsnoop". */
static void name_of(const char *path, char *name, size_t room)
{
	const char *slash = strrchr(path, '/');

	snprintf(name, room, "%s", slash ? slash + 1 : path);
	name[strcspn(name, ".")] = '\0';
	if (!name[0])
		snprintf(name, room, "object");
}

int skep_object_open(struct skep_object **out, const char *path,
		     const struct skep_object_opts *opts)
{
	AUTO_FREE void *data = NULL;
	size_t bytes = 0;
	char name[64];
	int err = check_call(out, path, "path", SKEP_OPTS_CHECK(opts));

	if (!err)
		err = read_file(path, &data, &bytes);
	if (err)
		return err;
	name_of(path, name, sizeof(name));
	err = open_checked(out, data, bytes, path,
			   SKEP_OPT(opts, name) ? SKEP_OPT(opts, name) : name, opts);
	if (!err)
		keep_image(*out, SKEP_TAKE(data), bytes);
	return err;
}
