/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "interface.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/text.h"
#include "kernel/rules.h"

int skep_interface_gone(const char *interface)
{
	struct if_nameindex *all = if_nameindex();
	struct skep_text names = { 0 };
	struct skep_nearest nearest;
	char alike[320];
	int err = skep_fail(ENODEV, "there is no network interface '%s'", interface);

	skep_kernel_nearest_start(&nearest, interface);
	for (struct if_nameindex *at = all; at && at->if_index; at++) {
		skep_text_add_name(&names, at->if_name);
		skep_kernel_nearest_offer(&nearest, at->if_name);
	}
	if (all)
		if_freenameindex(all);
	if (!names.used)
		return skep_fail_hint(err, "this network namespace has no interfaces");
	if (!skep_kernel_nearest_text(&nearest, alike, sizeof(alike))[0])
		return skep_fail_hint(err, "there are: %s", names.buf);
	return skep_fail_hint(err, "did you mean %s? there are: %s", alike, names.buf);
}

/* libc asks by a socket, and loses the errno of that one. */
static bool can_ask(void)
{
	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd >= 0 || errno != EMFILE;
}

static int no_descriptor(const char *interface)
{
	return skep_fail_hint(skep_fail(EMFILE,
					"cannot look for network interface '%s': no file "
					"descriptor is free",
					interface),
			      "close some, or raise the limit: `ulimit -n`");
}

int skep_interface_find(const char *interface, struct skep_interface *out)
{
	struct skep_interface found = { 0 };
	unsigned long number;
	char *end;

	if (!interface)
		return skep_fail_hint(skep_fail(EINVAL, "no network interface was given"),
				      "give its name (\"eth0\") or its index (\"2\")");
	found.index = if_nametoindex(interface);
	if (!found.index && !can_ask())
		return no_descriptor(interface);
	if (found.index) {
		snprintf(found.name, sizeof(found.name), "%s", interface);
		*out = found;
		return 0;
	}
	number = strtoul(interface, &end, 10);
	if (end == interface || *end || number > INT32_MAX ||
	    !if_indextoname((unsigned int)number, found.name))
		return skep_interface_gone(interface);
	found.index = (unsigned int)number;
	*out = found;
	return 0;
}

int skep_netns_open(const char *netns)
{
	const char *folder = netns && !strchr(netns, '/') ? "/run/netns/" : "";
	char path[PATH_MAX];
	int fd, err;

	if (!netns)
		netns = "/proc/thread-self/ns/net";
	if (snprintf(path, sizeof(path), "%s%s", folder, netns) >= (int)sizeof(path))
		return skep_fail(ENAMETOOLONG, "the path of the network namespace is too long");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	err = skep_fail(errno, "cannot open network namespace %s: %s", path, strerror(errno));
	if (err == -EMFILE)
		return skep_fail_hint(
			skep_fail(EMFILE,
				  "cannot open network namespace %s: no file descriptor is free",
				  path),
			"close some, or raise the limit: `ulimit -n`");
	if (err == -ENOENT && access("/proc/self/ns", F_OK))
		return skep_fail_hint(err, "/proc is not mounted: `mount -t proc proc /proc`");
	return err != -ENOENT
		       ? err
		       : skep_fail_hint(err, "give a name that `ip netns` lists, or a path such as "
					     "/proc/PID/ns/net");
}

struct errand {
	int netns;
	int (*run)(void *ctx);
	void *ctx;
	int result;
	struct skep_error *error;
};

static int refuse_entry(int code)
{
	int err = skep_fail(code, "cannot enter the network namespace: %s", strerror(code));

	if (code == EPERM)
		return skep_fail_hint(err, "CAP_SYS_ADMIN is needed, here and where the namespace "
					   "belongs: run it with sudo");
	if (code == EINVAL)
		return skep_fail_hint(err, "the path or descriptor is not of a network namespace");
	return err;
}

static void *run_errand(void *arg)
{
	struct errand *errand = arg;

	if (setns(errand->netns, CLONE_NEWNET))
		errand->result = refuse_entry(errno);
	else
		errand->result = errand->run(errand->ctx);
	if (errand->result && skep_error_copy(&errand->error))
		errand->error = NULL;
	return NULL;
}

/* The other thread's words are ours from now on. */
static int take_error(struct errand *errand)
{
	if (!errand->result)
		return 0;
	if (!errand->error)
		return skep_fail(errand->result, "failed in the network namespace: %s",
				 strerror(-errand->result));
	(void)skep_error_set(errand->error->code, errand->error->hint, "%s",
			     errand->error->message);
	skep_error_free(errand->error);
	return errand->result;
}

int skep_netns_run(const char *netns, int netns_fd, int (*run)(void *ctx), void *ctx)
{
	AUTO_CLOSE int opened = -1;
	struct errand errand = { .netns = netns_fd, .run = run, .ctx = ctx };
	sigset_t all, before;
	pthread_t thread;
	int err;

	if (netns && netns_fd)
		return skep_fail(EINVAL, "give either the path of a network namespace or its fd");
	if (!netns && !netns_fd)
		return run(ctx);
	if (netns) {
		opened = skep_netns_open(netns);
		if (opened < 0)
			return opened;
		errand.netns = opened;
	}
	sigfillset(&all); /* signals are for the caller's own threads */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&thread, NULL, run_errand, &errand);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		return skep_fail(err, "cannot start a thread for the network namespace: %s",
				 strerror(err));
	pthread_join(thread, NULL);
	return take_error(&errand);
}
