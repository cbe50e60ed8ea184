// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Helpers that read memory at any address. The memory is this process's own; the kernel is asked to
 * read it, since it alone can say that an address is wrong.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "host.h"

static long read_raw(void *to, uint32_t bytes, const void *from)
{
	struct iovec local = { to, bytes }, remote = { (void *)(uintptr_t)from, bytes }; // NOLINT

	if (!bytes)
		return 0;
	if (process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)bytes)
		return 0;
	if (errno != EPERM && errno != ENOSYS)
		return -EFAULT;
	/* In a container that forbids it; there, a wrong address is a crash. */
	memcpy(to, from, bytes);
	return 0;
}

static long probe_read(void *to, uint32_t bytes, const void *from)
{
	long err = read_raw(to, bytes, from);

	if (err)
		memset(to, 0, bytes);
	return err;
}

static long copy_from_user_task(void *to, uint32_t bytes, const void *from, void *task,
				uint64_t flags)
{
	(void)task;
	return flags ? -EINVAL : probe_read(to, bytes, from);
}

/* Up to a NUL, which is written in any case. */
static long probe_read_str(void *to, uint32_t room, const void *from)
{
	char *text = to;
	uint32_t n = 0;

	if (!room)
		return 0;
	for (; n < room; n++) {
		if (read_raw(text + n, 1, (const char *)from + n)) {
			memset(text, 0, room);
			return -EFAULT;
		}
		if (!text[n])
			return n + 1;
	}
	text[room - 1] = '\0';
	return room;
}

static long probe_write_user(void *to, const void *from, uint32_t bytes)
{
	struct iovec local = { (void *)(uintptr_t)from, bytes }, remote = { to, bytes }; // NOLINT

	if (!bytes)
		return 0;
	return process_vm_writev(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)bytes ? 0 : -EPERM;
}

static long compare(const char *a, uint32_t bytes, const char *b)
{
	return strncmp(a, b, bytes);
}

/* Of 32 bits, folded by who uses it. */
static int64_t csum_diff(const uint32_t *from, uint32_t from_bytes, const uint32_t *to,
			 uint32_t to_bytes, uint32_t seed)
{
	uint64_t sum = seed;

	if ((from_bytes | to_bytes) & 3 || from_bytes > 512 || to_bytes > 512)
		return -EINVAL;
	for (uint32_t i = 0; i < from_bytes / 4; i++)
		sum += (uint32_t)~from[i];
	for (uint32_t i = 0; i < to_bytes / 4; i++)
		sum += to[i];
	while (sum >> 32)
		sum = (sum & UINT32_MAX) + (sum >> 32);
	return (int64_t)sum;
}

const struct skep_host_fake_entry skep_host_memory_fakes[] = {
	SKEP_HOST_FAKE(probe_read, probe_read),
	SKEP_HOST_FAKE(probe_read_kernel, probe_read),
	SKEP_HOST_FAKE(probe_read_user, probe_read),
	SKEP_HOST_FAKE(probe_read_str, probe_read_str),
	SKEP_HOST_FAKE(probe_read_kernel_str, probe_read_str),
	SKEP_HOST_FAKE(probe_read_user_str, probe_read_str),
	SKEP_HOST_FAKE(copy_from_user, probe_read),
	SKEP_HOST_FAKE(copy_from_user_task, copy_from_user_task),
	SKEP_HOST_FAKE(probe_write_user, probe_write_user),
	SKEP_HOST_FAKE(strncmp, compare),
	SKEP_HOST_FAKE(csum_diff, csum_diff),
	{ NULL, NULL },
};
