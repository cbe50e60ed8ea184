/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Programs on sockets: options of theirs, for which the kernel has no links. The link is a
 * duplicate of the socket's file descriptor: the caller's may be closed, and its number be used
 * again, while the link is still there.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <bpf/libbpf.h>
#include <skep/attach/socket.h>

#include "attach.h"
#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "map/fds.h"
#include "object/capture.h"
#include "object/link.h"

struct attached {
	int fd;
	int attach, detach; /* options of the socket */
};

static int detach(void *state)
{
	struct attached *a = state;
	int zero = 0;

	return setsockopt(a->fd, SOL_SOCKET, a->detach, &zero, sizeof(zero)) ? -errno : 0;
}

static void detach_and_free(void *state)
{
	struct attached *a = state;

	detach(a);
	close(a->fd);
	free(a);
}

static int update(void *state, int prog_fd)
{
	struct attached *a = state;

	return setsockopt(a->fd, SOL_SOCKET, a->attach, &prog_fd, sizeof(prog_fd)) ? -errno : 0;
}

static const struct skep_link_ops filter = {
	.name = "socket filter",
	.free = detach_and_free,
	.update = update,
	.detach = detach,
};

static const struct skep_link_ops reuseport = {
	.name = "reuseport",
	.free = detach_and_free,
	.update = update,
	.detach = detach,
};

static int get(int fd, int option)
{
	int value = 0;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) ? 0 : value;
}

static int need_socket(int fd)
{
	char words[SKEP_FD_WORDS];
	int value, flags = fcntl(fd, F_GETFL);
	socklen_t size = sizeof(value);

	if (flags < 0)
		return skep_fail(EBADF, "file descriptor %d is not open", fd);
	if (!getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &size))
		return 0;
	return skep_fail(ENOTSOCK, "file descriptor %d is %s: not a socket", fd,
			 skep_fd_words(fd, words));
}

/* Attaches to a duplicate of `fd`, and makes a link of it; -errno. */
static int attach(struct skep_link **out, const struct skep_program *program, int fd,
		  const struct skep_link_ops *ops, const struct attached *how)
{
	AUTO_CLOSE int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	AUTO_FREE struct attached *made = malloc(sizeof(*made));
	int prog = skep_program_fd(program);

	if (copy < 0 || !made)
		return copy < 0 ? -errno : -ENOMEM;
	if (setsockopt(copy, SOL_SOCKET, how->attach, &prog, sizeof(prog)))
		return -errno;
	*made = *how;
	made->fd = skep_take_fd(&copy);
	return skep_link_from_ops(out, ops, SKEP_TAKE(made));
}

/* A filter that is there can be asked for if it is a classic one; another is refused as such. */
static bool has_filter(int fd)
{
	socklen_t blocks = 0;

	return getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &blocks) ? errno == EACCES
									: blocks > 0;
}

static int refuse_filter(const struct skep_program *program, int fd, int err)
{
	const char *name = skep_program_name(program);

	if (err == -EPERM && get(fd, SO_LOCK_FILTER))
		return skep_fail_hint(skep_fail(EPERM,
						"cannot attach program '%s': the filter of the "
						"socket is locked",
						name),
				      "attach it before SO_LOCK_FILTER is set");
	if (err == -ENOMEM)
		return skep_fail_hint(skep_fail(ENOMEM,
						"cannot attach program '%s': no memory, or more "
						"than one socket may have for its options",
						name),
				      "the sysctl net.core.optmem_max is the limit");
	return skep_attach_refuse(program, err, NULL, NULL);
}

int skep_attach_socket(struct skep_link **out, const struct skep_program *program, int fd,
		       const struct skep_socket_opts *opts)
{
	const struct attached how = { -1, SO_ATTACH_BPF, SO_DETACH_BPF };
	SKEP_CAPTURE(said);
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_attach_need(program, BPF_PROG_TYPE_SOCKET_FILTER, "socket");
	if (!err)
		err = need_socket(fd);
	if (err)
		return err;
	if (!SKEP_OPT(opts, replace) && has_filter(fd) && !get(fd, SO_LOCK_FILTER))
		return skep_fail_hint(
			skep_fail(EBUSY, "cannot attach program '%s': the socket has a filter",
				  skep_program_name(program)),
			"set `.replace` to have it in its place");
	err = attach(out, program, fd, &filter, &how);
	return err ? refuse_filter(program, fd, err) : 0;
}

static int refuse_reuseport(const struct skep_program *program, int fd, int err)
{
	const char *name = skep_program_name(program);
	int domain = get(fd, SO_DOMAIN), protocol = get(fd, SO_PROTOCOL);
	char words[SKEP_FD_WORDS];

	if (err == -EMFILE || err == -ENFILE || err == -ENOMEM || err == -EPERM)
		return skep_attach_refuse(program, err, NULL, NULL);
	if ((domain != AF_INET && domain != AF_INET6) ||
	    (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP))
		return skep_fail(EINVAL,
				 "cannot attach program '%s': sockets that share a port are TCP or "
				 "UDP, and this is %s",
				 name, skep_fd_words(fd, words));
	if (!get(fd, SO_REUSEPORT) || err == -EINVAL)
		return skep_fail_hint(
			skep_fail(EINVAL, "cannot attach program '%s': the socket %s", name,
				  get(fd, SO_REUSEPORT) ? "was bound before it had SO_REUSEPORT"
							: "has no SO_REUSEPORT"),
			"set SO_REUSEPORT before bind()");
	return skep_attach_refuse(program, err, NULL, NULL);
}

int skep_attach_reuseport(struct skep_link **out, const struct skep_program *program, int fd)
{
	const struct attached how = { -1, SO_ATTACH_REUSEPORT_EBPF, SO_DETACH_REUSEPORT_BPF };
	SKEP_CAPTURE(said);
	int err = skep_attach_need_loaded(program);

	if (!err && bpf_program__type(program->prog) != BPF_PROG_TYPE_SOCKET_FILTER)
		err = skep_attach_need(program, BPF_PROG_TYPE_SK_REUSEPORT, "sk_reuseport");
	if (!err)
		err = need_socket(fd);
	if (err)
		return err;
	err = attach(out, program, fd, &reuseport, &how);
	return err ? refuse_reuseport(program, fd, err) : 0;
}
