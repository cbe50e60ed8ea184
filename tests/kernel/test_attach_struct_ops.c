// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Parts of the kernel as programs: registered, used, taken back; and what the kernel misses. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "app.h"
#include "hooks.h"

#define SCHED_EXT 7 /* the policy: no libc has it yet */

static uint64_t variable(const struct skep_object *object, size_t index)
{
	uint64_t *bss = skep_object_section(object, ".bss", NULL);

	assert_non_null(bss);
	return bss[index];
}

/* A connection on loopback, whose client asks for the congestion control first. 0 or -errno. */
static int connect_with(const char *control)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), err = 0;

	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	if (setsockopt(client, IPPROTO_TCP, TCP_CONGESTION, control, (socklen_t)strlen(control)))
		err = -errno;
	else
		assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
	close(client);
	close(listener);
	return err;
}

static struct skep_object *load(const char *file, int *err)
{
	struct skep_object *object = app_open(file);

	*err = skep_object_load(object);
	return object;
}

TEST(a_congestion_control_without_link_is_used_and_taken_back)
{
	struct skep_link *link = NULL, *again = NULL;
	struct skep_object *object;
	struct snapshot before;
	int err;

	require_root();
	snapshot_take(&before);
	object = load("attach_struct_ops.bpf.o", &err);
	if (!err)
		err = skep_attach_struct_ops(&link, object, "plain");
	if (!err)
		assert_ok(connect_with("skep_plain"));
	hook_expect("struct_ops/tcp_congestion_ops", err, err ? 0 : variable(object, 0));
	assert_string_equal(skep_link_way(link), "struct_ops");
	assert_error(skep_attach_struct_ops(&again, object, "plain"), EBUSY);
	app_assert_says("is attached already");
	/* By hand is by hand. */
	assert_ok(skep_object_attach(object));
	skep_object_detach(object);
	assert_ok(connect_with("skep_plain"));
	skep_link_free(link);
	assert_error(connect_with("skep_plain"), ENOENT);
	assert_error(skep_attach_struct_ops(&again, object, "plain"), EBUSY);
	app_assert_says("without a link that can be done once");
	app_assert_hints(".struct_ops.link");
	assert_null(again);
	skep_object_free(object);
	snapshot_assert_unchanged(&before);
}

TEST(a_link_outlives_its_object_and_takes_the_struct_back)
{
	struct skep_link *link = NULL;
	struct skep_object *object = app_load("attach_struct_ops.bpf.o");
	struct snapshot before;

	assert_ok(skep_attach_struct_ops(&link, object, "plain"));
	skep_object_free(object);
	assert_ok(connect_with("skep_plain"));
	skep_link_free(link);
	assert_error(connect_with("skep_plain"), ENOENT);
	/* With the object it goes too. */
	snapshot_take(&before);
	object = app_load("attach_struct_ops.bpf.o");
	assert_ok(skep_object_attach(object));
	assert_ok(connect_with("skep_plain"));
	skep_object_free(object);
	assert_error(connect_with("skep_plain"), ENOENT);
	snapshot_assert_unchanged(&before);
}

TEST(a_congestion_control_by_a_link_is_used_and_attached_anew)
{
	struct skep_link *link = NULL, *other = NULL;
	struct skep_object *object;
	int err;

	object = load("attach_struct_ops_link.bpf.o", &err);
	if (!err)
		err = skep_attach_struct_ops(&link, object, "linked");
	if (!err)
		assert_ok(connect_with("skep_linked"));
	hook_expect("struct_ops.link/tcp_congestion_ops", err, err ? 0 : variable(object, 0));
	if (!err) {
		assert_string_equal(skep_link_way(link), "struct_ops link");
		assert_true(skep_link_fd(link) >= 0);
		assert_error(skep_attach_struct_ops(&other, object, "same_name"), EEXIST);
		app_assert_says("another struct tcp_congestion_ops of the same name");
		assert_error(skep_attach_struct_ops(&other, object, "nameless"), EINVAL);
		app_assert_hints("`name`");
		assert_null(other);
		skep_link_free(link);
		assert_error(connect_with("skep_linked"), ENOENT);
		link = NULL;
		assert_ok(skep_attach_struct_ops(&link, object, "linked"));
		assert_ok(connect_with("skep_linked"));
		skep_link_free(link);
		/* One of them cannot be: then none is. */
		assert_error(skep_object_attach(object), EINVAL);
	} else {
		app_assert_hints("SEC(\".struct_ops\")");
	}
	skep_object_free(object);
	assert_error(connect_with("skep_linked"), ENOENT);
}

TEST(an_owner_that_is_killed_leaves_no_linked_struct)
{
	struct snapshot before;
	int err, status, ready[2];
	char byte;
	pid_t pid;

	require_root();
	if (!kernel_at_least(6, 4))
		test_skip("links for structs came with 6.4");
	snapshot_take(&before);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		struct skep_link *link = NULL;
		struct skep_object *object = load("attach_struct_ops_link.bpf.o", &err);

		if (err || skep_attach_struct_ops(&link, object, "linked"))
			_exit(1);
		if (write(ready[1], "x", 1) == 1)
			pause();
		_exit(2);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	assert_ok(connect_with("skep_linked"));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	snapshot_assert_unchanged(&before);
	assert_error(connect_with("skep_linked"), ENOENT);
}

TEST(what_is_wrong_with_a_struct_is_said_by_its_name)
{
	struct skep_link *link = NULL;
	struct skep_object *object;
	int err;

	object = load("attach_struct_ops_member.bpf.o", &err);
	assert_error(err, EOPNOTSUPP);
	app_assert_says("struct tcp_congestion_ops has no member 'ssthres'");
	app_assert_hints("did you mean ssthresh");
	skep_object_free(object);
	object = load("attach_struct_ops_type.bpf.o", &err);
	assert_error(err, EPROTOTYPE);
	app_assert_says("struct_ops 'wrong': member 'name' is of another type");
	skep_object_free(object);
	object = load("attach_struct_ops_struct.bpf.o", &err);
	assert_error(err, EOPNOTSUPP);
	app_assert_says("cannot load struct tcp_congestion_op:");
	app_assert_hints("did you mean tcp_congestion_ops");
	skep_object_free(object);
	object = load("attach_struct_ops_missing.bpf.o", &err);
	assert_ok(err);
	assert_error(skep_attach_struct_ops(&link, object, "wrong"), EINVAL);
	app_assert_says("it has no undo_cwnd, cong_avoid or cong_control, which the kernel wants");
	assert_error(skep_object_attach(object), EINVAL);
	assert_null(link);
	skep_object_free(object);
}

TEST(what_is_no_struct_of_functions_is_refused)
{
	struct skep_object *object = app_open("attach_struct_ops.bpf.o");
	struct skep_link *link = NULL;

	assert_error(skep_attach_struct_ops(&link, object, "plain"), EBADF);
	assert_ok(skep_object_load(object));
	assert_error(skep_attach_struct_ops(&link, object, "plan"), ENOENT);
	app_assert_hints("plain");
	assert_error(skep_attach_struct_ops(&link, object, "other"), EPROTOTYPE);
	app_assert_says("'other' is an array: no struct of functions");
	assert_error(skep_attach_struct_ops(&link, object, NULL), EINVAL);
	assert_error(skep_attach_struct_ops(&link, NULL, "plain"), EINVAL);
	assert_error(skep_attach(&link, skep_object_program(object, "init")), EDESTADDRREQ);
	app_assert_hints("skep_attach_struct_ops()");
	assert_null(link);
	skep_object_free(object);
}

/* A process that asks for the scheduler, and runs a little. */
static void run_scheduled(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct sched_param param = { .sched_priority = 0 };

		if (sched_setscheduler(0, SCHED_EXT, &param))
			_exit(1);
		for (int i = 0; i < 10; i++)
			sched_yield();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

TEST(a_scheduler_runs_those_who_ask_for_it)
{
	struct skep_link *link = NULL, *second = NULL;
	struct skep_object *object;
	int err;

	object = load("attach_sched_ext.bpf.o", &err);
	if (!err)
		err = skep_attach_struct_ops(&link, object, "scheduler");
	if (!err) {
		run_scheduled();
		assert_int_equal(variable(object, 0), 1); /* a program that may sleep */
	}
	hook_expect("struct_ops/sched_ext_ops", err, err ? 0 : variable(object, 1));
	if (!err) {
		assert_error(skep_attach_struct_ops(&second, object, "second"), EBUSY);
		app_assert_says("the scheduler 'skep_test");
		assert_null(second);
	}
	skep_link_free(link);
	skep_object_free(object);
}

/* Puts the discipline on the loopback of a network of its own, and sends a datagram into it. */
static int send_through(const char *kind)
{
	struct {
		struct nlmsghdr head;
		struct tcmsg tc;
		char room[64];
	} request = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(request.tc)),
			  .nlmsg_type = RTM_NEWQDISC,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK },
		.tc = { .tcm_ifindex = 1, .tcm_parent = TC_H_ROOT, .tcm_handle = 0x10000 },
	};
	struct rtattr *name =
		(struct rtattr *)((char *)&request + NLMSG_ALIGN(request.head.nlmsg_len));
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
	} answer;
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(9),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int udp, netlink;

	if (unshare(CLONE_NEWNET))
		return 1;
	udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	name->rta_type = TCA_KIND;
	name->rta_len = (unsigned short)RTA_LENGTH(strlen(kind) + 1);
	strcpy(RTA_DATA(name), kind);
	request.head.nlmsg_len = NLMSG_ALIGN(request.head.nlmsg_len) + RTA_ALIGN(name->rta_len);
	if (ioctl(udp, SIOCSIFFLAGS, &up) ||
	    send(netlink, &request, request.head.nlmsg_len, 0) < 0 ||
	    recv(netlink, &answer, sizeof(answer), MSG_TRUNC) < (ssize_t)sizeof(answer))
		return 2;
	if (answer.error.error)
		return -answer.error.error;
	sendto(udp, "hello", 5, 0, (struct sockaddr *)&address, sizeof(address));
	return 0;
}

TEST(a_queueing_discipline_gets_the_packets_of_its_interface)
{
	struct skep_link *link = NULL;
	struct skep_object *object;
	int err, status;

	object = load("attach_qdisc.bpf.o", &err);
	if (!err)
		err = skep_attach_struct_ops(&link, object, "drops");
	if (!err) {
		pid_t pid = fork();

		if (!pid)
			_exit(send_through("skep_drops"));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	hook_expect("struct_ops/Qdisc_ops", err, err ? 0 : variable(object, 0));
	skep_link_free(link);
	skep_object_free(object);
}
