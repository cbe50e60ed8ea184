// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Programs on sockets and on maps of sockets, and programs that are called. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/filter.h>

#include "app.h"
#include "attach_socket.h"
#include "attach_socket.skep.h"
#include "hooks.h"

typedef SKEP_SOCKET_MAP(uint32_t) peers_map;

static struct attach_socket *app;

static void start(void **state)
{
	(void)state;
	require_root();
	app = NULL;
	assert_ok(attach_socket_open(&app, NULL));
	if (attach_socket_load(app))
		fail_msg("%s", skep_error_last()->message);
}

static void stop(void **state)
{
	(void)state;
	attach_socket_free(app);
	app = NULL;
}

#define HERE(name) TEST_WITH(name, start, stop)

static struct skep_program *program(const char *name)
{
	return skep_object_program(attach_socket_object(app), name);
}

static const struct skep_map *map(const char *name)
{
	return skep_object_map(attach_socket_object(app), name);
}

static uint64_t hits(enum attach_socket_hit hit)
{
	return attach_socket_bss(app)->hits[hit];
}

static struct sockaddr_in loopback(void)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

struct pair {
	int client, server;
};

static struct pair make_pair(void)
{
	struct sockaddr_in address = loopback();
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pair pair;

	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	pair.client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(pair.client, (struct sockaddr *)&address, sizeof(address)), 0);
	pair.server = accept(listener, NULL, NULL);
	assert_true(pair.server >= 0);
	close(listener);
	return pair;
}

static bool receives(int fd, int ms)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char got[64];

	return poll(&ready, 1, ms) == 1 && recv(fd, got, sizeof(got), 0) == 5;
}

/* Data through a pair, both ends of which are in the map. */
static void talk_through(const char *name)
{
	struct pair pair = make_pair();
	uint32_t here = 0, there = 1;
	peers_map peers;

	assert_ok(skep_map_open(&peers, attach_socket_object(app), name));
	assert_ok(skep_map_set_socket(peers, &here, pair.server));
	assert_ok(skep_map_set_socket(peers, &there, pair.client));
	assert_int_equal(send(pair.client, "hello", 5, 0), 5);
	assert_true(receives(pair.server, test_scaled_ms(5000)));
	close(pair.client);
	close(pair.server);
	skep_map_free(peers.map);
}

static void talk(const char *hook, int err, const char *name, enum attach_socket_hit hit)
{
	if (!err)
		talk_through(name);
	hook_expect(hook, err, hits(hit));
}

HERE(programs_on_a_map_see_what_its_sockets_send_and_receive)
{
	struct skep_link *a = NULL, *b = NULL;
	struct snapshot before;
	int err;

	snapshot_take(&before);
	err = skep_attach_sockmap(&a, program("parser"), map("peers"), NULL);
	assert_ok(skep_attach_sockmap(&b, program("stream_verdict"), map("peers"), NULL));
	talk("sk_skb/stream_parser", err, "peers", HIT_PARSER);
	hook_expect("sk_skb/stream_verdict", 0, hits(HIT_STREAM_VERDICT));
	assert_string_equal(skep_link_way(a), kernel_at_least(6, 10) ? "sockmap link" : "sockmap");
	skep_link_free(a);
	skep_link_free(b);
	a = b = NULL;
	err = skep_attach_sockmap(&a, program("verdict"), map("peers"), NULL);
	talk("sk_skb/verdict", err, "peers", HIT_VERDICT);
	skep_link_free(a);
	a = NULL;
	err = skep_attach_sockmap(&a, program("unsaid"), map("peers"),
				  SKEP_OPTS(skep_sockmap_opts, .use = SKEP_SK_SKB_STREAM_VERDICT));
	talk("sk_skb", err, "peers", HIT_SK_SKB);
	skep_link_free(a);
	a = NULL;
	err = skep_attach_sockmap(&a, program("message"), map("peers"), NULL);
	talk("sk_msg", err, "peers", HIT_SK_MSG);
	skep_link_free(a);
	a = NULL;
	attach_socket_bss(app)->hits[HIT_SK_MSG] = 0;
	err = skep_attach_sockmap(&a, program("message"), map("hashed"), NULL);
	talk("sockhash/sk_msg", err, "hashed", HIT_SK_MSG);
	skep_link_free(a);
	/* Off again: as many as before. */
	memset(attach_socket_bss(app)->hits, 0, sizeof(attach_socket_bss(app)->hits));
	talk_through("peers");
	talk_through("hashed");
	for (int i = 0; i < HIT_COUNT; i++)
		assert_int_equal(hits((enum attach_socket_hit)i), 0);
	snapshot_assert_unchanged(&before);
}

HERE(one_place_of_a_map_has_one_program_and_who_comes_second_is_told)
{
	struct skep_link *a = NULL, *b = NULL;
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);
	char says[64];

	assert_ok(skep_attach_sockmap(&a, program("message"), map("peers"), NULL));
	assert_int_equal(bpf_obj_get_info_by_fd(skep_program_fd(program("message")), &info, &bytes),
			 0);
	snprintf(says, sizeof(says), "map 'peers' has program %u there", info.id);
	assert_error(skep_attach_sockmap(&b, program("message_too"), map("peers"), NULL), EBUSY);
	app_assert_says(says);
	assert_error(skep_attach_sockmap(&b, program("message_too"), map("peers"),
					 SKEP_OPTS(skep_sockmap_opts, .replaces = 1)),
		     EBUSY);
	assert_error(skep_attach_sockmap(&b, program("message_too"), map("hashed"),
					 SKEP_OPTS(skep_sockmap_opts, .replaces = info.id)),
		     ENOENT);
	assert_null(b);
	skep_link_free(a);
	a = NULL;
	/* One that has no link, as older programs attach it, gives way when it is named. */
	assert_int_equal(bpf_prog_attach(skep_program_fd(program("message")),
					 skep_map_fd(map("peers")), BPF_SK_MSG_VERDICT, 0),
			 0);
	assert_error(skep_attach_sockmap(&b, program("message_too"), map("peers"), NULL), EBUSY);
	assert_ok(skep_attach_sockmap(&b, program("message_too"), map("peers"),
				      SKEP_OPTS(skep_sockmap_opts, .replaces = info.id)));
	skep_link_free(b);
	b = NULL;
	assert_ok(skep_attach_sockmap(&a, program("stream_verdict"), map("peers"), NULL));
	assert_error(skep_attach_sockmap(&b, program("verdict"), map("peers"), NULL), EBUSY);
	app_assert_says("of stream_verdict and verdict it takes one");
	assert_null(b);
	skep_link_free(a);
}

HERE(wrong_maps_and_programs_are_refused_in_words)
{
	struct skep_object *unloaded = app_open("attach_socket.bpf.o");
	struct skep_link *link = NULL;

	assert_error(skep_attach_sockmap(&link, program("message"), map("plain"), NULL),
		     EPROTOTYPE);
	app_assert_says("map 'plain' is a hash: no map of sockets");
	assert_error(skep_attach_sockmap(&link, program("message"), NULL, NULL), EINVAL);
	assert_error(skep_attach_sockmap(&link, program("message"),
					 skep_object_map(unloaded, "peers"), NULL),
		     EBADF);
	assert_error(skep_attach_sockmap(&link, skep_object_program(unloaded, "message"),
					 map("peers"), NULL),
		     EBADF);
	assert_error(skep_attach_sockmap(&link, program("filter"), map("peers"), NULL), EPROTOTYPE);
	app_assert_says("is not one for maps of sockets");
	assert_error(skep_attach_sockmap(&link, program("unsaid"), map("peers"), NULL), EINVAL);
	app_assert_hints(".use = SKEP_SK_SKB_STREAM_VERDICT");
	assert_error(skep_attach_sockmap(&link, program("parser"), map("peers"),
					 SKEP_OPTS(skep_sockmap_opts, .use = SKEP_SK_SKB_VERDICT)),
		     EINVAL);
	assert_error(skep_attach(&link, program("message")), EDESTADDRREQ);
	app_assert_hints("skep_attach_sockmap()");
	assert_error(skep_attach(&link, program("filter")), EDESTADDRREQ);
	app_assert_hints("skep_attach_socket()");
	assert_error(skep_attach(&link, program("choose")), EDESTADDRREQ);
	app_assert_hints("skep_attach_reuseport()");
	assert_error(skep_attach(&link, program("call")), EDESTADDRREQ);
	app_assert_hints("skep_program_run()");
	assert_null(link);
	skep_object_free(unloaded);
}

static int datagrams(bool share, uint16_t *port)
{
	struct sockaddr_in address = loopback();
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;

	address.sin_port = *port;
	if (share)
		assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*port = address.sin_port;
	return fd;
}

static void send_to(uint16_t port)
{
	struct sockaddr_in address = loopback();
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	address.sin_port = port;
	assert_int_equal(sendto(fd, "hello", 5, 0, (struct sockaddr *)&address, sizeof(address)),
			 5);
	close(fd);
}

HERE(a_filter_sees_what_its_socket_receives_until_it_is_freed)
{
	struct skep_link *link = NULL, *second = NULL;
	uint16_t port = 0;
	int fd = datagrams(false, &port), err, fds = app_open_fds();

	err = skep_attach_socket(&link, program("filter"), fd, NULL);
	send_to(port);
	assert_true(receives(fd, test_scaled_ms(5000)));
	hook_expect("socket", err, hits(HIT_SOCKET));
	assert_error(skep_attach_socket(&second, program("drop"), fd, NULL), EBUSY);
	app_assert_hints(".replace");
	assert_null(second);
	assert_ok(skep_attach_socket(&second, program("drop"), fd,
				     SKEP_OPTS(skep_socket_opts, .replace = true)));
	send_to(port);
	assert_false(receives(fd, 0));
	assert_ok(skep_link_update(second, program("filter"), NULL));
	send_to(port);
	assert_true(receives(fd, test_scaled_ms(5000)));
	assert_int_equal(skep_link_fd(link), -1);
	skep_link_free(second);
	skep_link_free(link);
	assert_int_equal(app_open_fds(), fds);
	send_to(port);
	assert_true(receives(fd, test_scaled_ms(5000)));
	assert_int_equal(hits(HIT_SOCKET), 2);
	close(fd);
}

HERE(classic_filters_and_locked_sockets_are_left_alone)
{
	struct sock_filter pass = { .code = BPF_RET | BPF_K, .k = 64 };
	struct sock_fprog classic = { .len = 1, .filter = &pass };
	struct skep_link *link = NULL;
	uint16_t port = 0;
	int fd = datagrams(false, &port), yes = 1;

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &classic, sizeof(classic)),
			 0);
	assert_error(skep_attach_socket(&link, program("filter"), fd, NULL), EBUSY);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &yes, sizeof(yes)), 0);
	assert_error(skep_attach_socket(&link, program("filter"), fd,
					SKEP_OPTS(skep_socket_opts, .replace = true)),
		     EPERM);
	app_assert_says("the filter of the socket is locked");
	assert_error(skep_attach_socket(&link, program("choose"), fd, NULL), EPROTOTYPE);
	assert_error(skep_attach_socket(&link, program("filter"), 999, NULL), EBADF);
	assert_error(skep_attach_socket(&link, program("filter"), skep_map_fd(map("plain")), NULL),
		     ENOTSOCK);
	app_assert_says("a BPF map: not a socket");
	assert_error(skep_attach_socket(&link, NULL, fd, NULL), EINVAL);
	assert_null(link);
	close(fd);
}

HERE(the_choice_among_sockets_of_a_port_is_asked_for_each_datagram)
{
	static const struct {
		const char *hook, *program;
		enum attach_socket_hit hit;
	} kinds[] = {
		{ "sk_reuseport", "choose", HIT_REUSEPORT },
		{ "sk_reuseport/migrate", "choose_again", HIT_MIGRATE },
	};
	struct skep_link *link = NULL;
	uint16_t port = 0, alone = 0;
	int a = datagrams(true, &port), b = datagrams(true, &port), c = datagrams(false, &alone);
	int local = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (size_t i = 0; i < 2; i++) {
		int err = skep_attach_reuseport(&link, program(kinds[i].program), a);

		send_to(port);
		hook_expect(kinds[i].hook, err, hits(kinds[i].hit));
		skep_link_free(link);
		link = NULL;
		send_to(port);
		assert_int_equal(hits(kinds[i].hit), 1);
	}
	assert_error(skep_attach_reuseport(&link, program("choose"), c), EINVAL);
	app_assert_says("the socket has no SO_REUSEPORT");
	assert_error(skep_attach_reuseport(&link, program("choose"), local), EINVAL);
	app_assert_says("a socket (Unix datagram)");
	assert_error(skep_attach_reuseport(&link, program("message"), a), EPROTOTYPE);
	assert_error(skep_attach_reuseport(&link, program("choose"), -1), EBADF);
	assert_null(link);
	close(a);
	close(b);
	close(c);
	close(local);
}

HERE(links_may_outlive_their_object_and_the_callers_socket)
{
	struct skep_link *on_map = NULL, *on_socket = NULL;
	struct snapshot before;
	uint16_t port = 0;
	int fd = datagrams(false, &port);

	attach_socket_free(app);
	snapshot_take(&before);
	app = NULL;
	assert_ok(attach_socket_open(&app, NULL));
	assert_ok(attach_socket_load(app));
	assert_ok(skep_attach_sockmap(&on_map, program("message"), map("peers"), NULL));
	assert_ok(skep_attach_socket(&on_socket, program("filter"), fd, NULL));
	attach_socket_free(app);
	app = NULL;
	close(fd);
	skep_link_free(on_map);
	skep_link_free(on_socket);
	snapshot_assert_unchanged(&before);
}

HERE(a_program_is_called_and_gives_back_what_it_made)
{
	struct skep_object *unloaded = app_open("attach_socket.bpf.o");
	struct attach_socket_args args = { .add = { 40, 2 } };
	uint32_t result = 0;
	int err = skep_program_run(program("call"), &args, sizeof(args), &result);
	void *fixed;

	hook_expect("syscall", err, hits(HIT_CALL));
	assert_int_equal(args.sum, 42);
	assert_int_equal(result, 42);
	assert_ok(skep_program_run(program("call"), &args, sizeof(args), NULL));
	assert_error(skep_program_run(program("call"), &args, 4, &result), EINVAL);
	app_assert_says("looks at more than the 4 bytes");
	assert_error(skep_program_run(program("call"), NULL, sizeof(args), &result), EINVAL);
	assert_error(skep_program_run(program("call"), &args, 70000, &result), EINVAL);
	assert_error(skep_program_run(program("call"), (void *)8, sizeof(args), &result), EFAULT);
	fixed = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_error(skep_program_run(program("call"), fixed, sizeof(args), &result), EFAULT);
	munmap(fixed, 4096);
	assert_error(skep_program_run(program("filter"), &args, sizeof(args), &result), EPROTOTYPE);
	app_assert_hints("SEC(\"syscall\")");
	assert_error(
		skep_program_run(skep_object_program(unloaded, "call"), &args, sizeof(args), NULL),
		EBADF);
	assert_error(skep_program_run(NULL, &args, sizeof(args), NULL), EINVAL);
	skep_object_free(unloaded);
}
