// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Sockets in maps: redirected data on loopback, and choice among sockets of one port. */
#include "harness/machine.h"
#include "harness/test.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "app.h"
#include "map_sockets.skep.h"

typedef SKEP_SOCKET_MAP(uint32_t) peers_map;
typedef SKEP_SOCKET_MAP(uint64_t) names_map;
typedef SKEP_STORAGE(uint64_t) sent_map;

/* In a network of its own, which has a loopback. */
static struct map_sockets *start(void)
{
	struct map_sockets *app = NULL;
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	require_root();
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &up), 0);
	close(fd);
	assert_ok(map_sockets_open(&app, NULL));
	if (map_sockets_load(app))
		fail_msg("%s", skep_error_last()->message);
	return app;
}

static void open_map(void *handle, struct map_sockets *app, const char *name)
{
	if (!strcmp(name, "by_name"))
		assert_ok(skep_map_open((names_map *)handle, map_sockets_object(app), name));
	else
		assert_ok(skep_map_open((peers_map *)handle, map_sockets_object(app), name));
}

struct pair {
	int client;
	int server;
};

static struct sockaddr_in loopback(void)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static int listen_on(struct sockaddr_in *address)
{
	socklen_t size = sizeof(*address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*address = loopback();
	assert_int_equal(bind(fd, (struct sockaddr *)address, size), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, &size), 0);
	return fd;
}

static struct pair make_pair(void)
{
	struct sockaddr_in address;
	int listener = listen_on(&address);
	struct pair pair;

	pair.client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(pair.client, (struct sockaddr *)&address, sizeof(address)), 0);
	pair.server = accept(listener, NULL, NULL);
	assert_true(pair.server >= 0);
	close(listener);
	return pair;
}

static void close_pair(struct pair pair)
{
	close(pair.client);
	close(pair.server);
}

static void assert_receives(int fd, const char *text)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char got[64] = "";

	assert_int_equal(poll(&ready, 1, test_scaled_ms(3000)), 1);
	assert_int_equal(recv(fd, got, sizeof(got) - 1, 0), strlen(text));
	assert_string_equal(got, text);
}

static uint64_t cookie_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t size = sizeof(cookie);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size), 0);
	return cookie;
}

TEST(verdict_sends_what_comes_in_at_one_socket_out_by_another)
{
	struct map_sockets *app = start();
	struct pair a = make_pair(), b = make_pair();
	const struct skep_program *forward = map_sockets_program_forward(app);
	uint32_t in = 0, out = 1;
	peers_map peers;
	int map;

	open_map(&peers, app, "peers");
	map = skep_map_fd(peers.map);
	assert_ok(bpf_prog_attach(skep_program_fd(forward), map, BPF_SK_SKB_STREAM_VERDICT, 0));
	assert_ok(skep_map_set_socket(peers, &in, a.server));
	assert_ok(skep_map_set_socket(peers, &out, b.client));
	assert_int_equal(send(a.client, "over there", 10, 0), 10);
	assert_receives(b.server, "over there");
	/* Out of the map a socket is an ordinary one again. */
	assert_ok(skep_map_del(peers, &in));
	assert_int_equal(send(a.client, "here", 4, 0), 4);
	assert_receives(a.server, "here");
	bpf_prog_detach2(skep_program_fd(forward), map, BPF_SK_SKB_STREAM_VERDICT);
	close_pair(a);
	close_pair(b);
	skep_map_free(peers.map);
	map_sockets_free(app);
}

TEST(message_takes_a_shortcut_and_is_counted_with_its_socket)
{
	struct map_sockets *app = start();
	struct pair a = make_pair(), b = make_pair();
	const struct skep_program *shortcut = map_sockets_program_shortcut(app);
	uint64_t sender = 1, receiver = 2, bytes = 0, zero = 0;
	names_map names;
	sent_map sent;
	int map;

	open_map(&names, app, "by_name");
	assert_ok(skep_map_open(&sent, map_sockets_object(app), "sent"));
	map = skep_map_fd(names.map);
	assert_ok(bpf_prog_attach(skep_program_fd(shortcut), map, BPF_SK_MSG_VERDICT, 0));
	assert_ok(skep_map_set_socket(names, &sender, a.client));
	assert_ok(skep_map_set_socket(names, &receiver, b.server));
	assert_error(skep_storage_get(sent, a.client, &bytes), ENOENT);
	app_assert_says("nothing for that socket");
	assert_int_equal(send(a.client, "shortcut", 8, 0), 8);
	assert_receives(b.server, "shortcut");
	assert_ok(skep_storage_get(sent, a.client, &bytes));
	assert_int_equal(bytes, 8);
	/* What user space writes, the program goes on with. */
	bytes = 100;
	assert_ok(skep_storage_put(sent, a.client, &bytes));
	assert_int_equal(send(a.client, "again", 5, 0), 5);
	assert_receives(b.server, "again");
	assert_ok(skep_storage_get(sent, a.client, &bytes));
	assert_int_equal(bytes, 105);
	assert_ok(skep_storage_del(sent, a.client));
	assert_error(skep_storage_get(sent, a.client, &zero), ENOENT);
	bpf_prog_detach2(skep_program_fd(shortcut), map, BPF_SK_MSG_VERDICT);
	close_pair(a);
	close_pair(b);
	skep_map_free(names.map);
	skep_map_free(sent.map);
	map_sockets_free(app);
}

static int datagrams_of(uint16_t *port)
{
	struct sockaddr_in address = loopback();
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;

	address.sin_port = *port;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*port = address.sin_port;
	return fd;
}

TEST(program_chooses_among_the_sockets_of_a_port)
{
	struct map_sockets *app = start();
	struct sockaddr_in to = loopback();
	int sockets[3], program = skep_program_fd(map_sockets_program_choose(app));
	int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint16_t port = 0;
	uint64_t cookie = 0;
	peers_map group;

	open_map(&group, app, "group");
	for (uint32_t i = 0; i < 3; i++) {
		sockets[i] = datagrams_of(&port);
		assert_ok(skep_map_set_socket(group, &i, sockets[i]));
		assert_ok(skep_map_get_socket(group, &i, &cookie));
		assert_int_equal(cookie, cookie_of(sockets[i]));
	}
	assert_int_equal(setsockopt(sockets[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &program,
				    sizeof(program)),
			 0);
	to.sin_port = port;
	for (uint32_t i = 0; i < 9; i++) {
		map_sockets_bss(app)->chosen = (i * 2) % 3;
		assert_int_equal(sendto(sender, "you", 3, 0, (struct sockaddr *)&to, sizeof(to)),
				 3);
		assert_receives(sockets[(i * 2) % 3], "you");
	}
	for (int i = 0; i < 3; i++)
		close(sockets[i]);
	close(sender);
	skep_map_free(group.map);
	map_sockets_free(app);
}

TEST(sockets_are_put_and_found_by_their_cookies_until_closed)
{
	struct map_sockets *app = start();
	struct pair pair = make_pair();
	uint32_t key = 2;
	uint64_t cookie = 0;
	peers_map peers;

	open_map(&peers, app, "peers");
	assert_error(skep_map_get_socket(peers, &key, &cookie), ENOENT);
	app_assert_says("no socket at that key");
	assert_ok(skep_map_set_socket(peers, &key, pair.client));
	assert_ok(skep_map_get_socket(peers, &key, &cookie));
	assert_int_equal(cookie, cookie_of(pair.client));
	assert_error(skep_map_set_socket_with(peers, &key, pair.server, SKEP_PUT_NEW), EEXIST);
	assert_ok(skep_map_set_socket_with(peers, &key, pair.server, SKEP_PUT_EXISTING));
	assert_ok(skep_map_get_socket(peers, &key, &cookie));
	assert_int_equal(cookie, cookie_of(pair.server));
	close_pair(pair);
	assert_error(skep_map_get_socket(peers, &key, &cookie), ENOENT);
	assert_error(skep_map_set_socket_with(peers, &key, pair.server, SKEP_PUT_EXISTING), EBADF);
	assert_ok(skep_map_del(peers, &key) == 0 ? -EIO : 0);
	skep_map_free(peers.map);
	map_sockets_free(app);
}

TEST(sockets_of_values_of_four_bytes_go_in_but_have_no_cookie)
{
	struct map_sockets *app = start();
	struct pair pair = make_pair();
	uint32_t key = 0;
	uint64_t cookie = 1;
	peers_map narrow;

	open_map(&narrow, app, "narrow");
	assert_ok(skep_map_set_socket(narrow, &key, pair.client));
	assert_error(skep_map_get_socket(narrow, &key, &cookie), EPROTOTYPE);
	app_assert_hints("__u64");
	assert_int_equal(cookie, 1);
	assert_ok(skep_map_del(narrow, &key));
	close_pair(pair);
	skep_map_free(narrow.map);
	map_sockets_free(app);
}

TEST(what_is_no_fitting_socket_is_refused_in_words)
{
	struct map_sockets *app = start();
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint32_t key = 0;
	peers_map peers, group;
	int pipes[2];

	assert_int_equal(pipe(pipes), 0);
	open_map(&peers, app, "peers");
	open_map(&group, app, "group");
	assert_error(skep_map_set_socket(peers, &key, tcp), ENOTCONN);
	app_assert_says("map 'peers': the socket is not connected, and does not listen");
	app_assert_hints("connect()");
	assert_error(skep_map_set_socket(peers, &key, local), ENOTCONN);
	assert_error(skep_map_set_socket(peers, &key, netlink), EINVAL);
	app_assert_says("a socket (netlink raw)");
	assert_error(skep_map_set_socket(peers, &key, pipes[0]), EINVAL);
	app_assert_says("map 'peers' takes sockets: file descriptor");
	assert_error(skep_map_set_socket(peers, &key, skep_map_fd(peers.map)), EINVAL);
	app_assert_says("a BPF map");
	assert_error(skep_map_set_socket(peers, &key, 999), EBADF);
	app_assert_says("999 is not open");
	assert_error(skep_map_set_socket(peers, &key, -1), EBADF);
	assert_error(skep_map_set_socket(group, &key, netlink), EINVAL);
	app_assert_says("TCP and UDP sockets");
	assert_error(skep_map_set_socket(group, &key, udp), EINVAL);
	app_assert_says("no SO_REUSEPORT");
	assert_error(skep_map_set_socket(group, &key, pipes[0]), EINVAL);
	assert_error(skep_map_set_socket(group, &key, 999), EBADF);
	close(tcp);
	close(local);
	close(netlink);
	close(udp);
	close(pipes[0]);
	close(pipes[1]);
	skep_map_free(peers.map);
	skep_map_free(group.map);
	map_sockets_free(app);
}

TEST(misuse_of_maps_of_sockets_is_an_error)
{
	typedef SKEP_MAP(uint32_t, uint64_t) plain_map;
	struct map_sockets *app = start();
	struct pair pair = make_pair();
	peers_map peers, none = { .map = NULL };
	plain_map plain = { .map = NULL };
	names_map wide = { .map = NULL };
	uint32_t key = 4;
	uint64_t cookie;

	open_map(&peers, app, "peers");
	assert_error(skep_map_set_socket(peers, &key, pair.client), E2BIG);
	assert_error(skep_map_set_socket(none, &key, pair.client), EBADF);
	assert_error(skep_map_get_socket(none, &key, &cookie), EBADF);
	assert_error(skep_map_set_socket_raw(peers.map, NULL, pair.client, SKEP_PUT_ANY), EINVAL);
	assert_error(skep_map_get_socket_raw(peers.map, &key, NULL), EINVAL);
	assert_error(skep_map_set_socket_raw(peers.map, &key, pair.client, (enum skep_put)77),
		     EINVAL);
	assert_error(skep_map_open(&plain, map_sockets_object(app), "peers"), EPROTOTYPE);
	app_assert_hints("SKEP_SOCKET_MAP");
	assert_error(skep_map_open(&wide, map_sockets_object(app), "peers"), EPROTOTYPE);
	assert_error(skep_map_set_socket_raw(skep_object_map(map_sockets_object(app), "sent"), &key,
					     pair.client, SKEP_PUT_ANY),
		     EPROTOTYPE);
	close_pair(pair);
	skep_map_free(peers.map);
	map_sockets_free(app);
}
