// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Frames redirected to interfaces, processors and AF_XDP sockets; cgroups and perf events. */
#include "harness/machine.h"
#include "harness/test.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/if_xdp.h>
#include <linux/perf_event.h>

#include "app.h"
#include "map_targets.skep.h"
#include "net.h"

#define GENERIC SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_GENERIC)
#define FRAMES  50

typedef SKEP_MAP(uint32_t, struct bpf_devmap_val) ports_map;
typedef SKEP_MAP(uint32_t, uint32_t) narrow_map;
typedef SKEP_MAP(uint32_t, struct bpf_cpumap_val) cpus_map;
typedef SKEP_FD_MAP() fd_map;

static struct map_targets *start(void)
{
	struct map_targets *app = NULL;

	require_root();
	net_enter();
	assert_ok(map_targets_open(&app, NULL));
	if (map_targets_load(app))
		fail_msg("%s", skep_error_last()->message);
	return app;
}

#define OPEN(handle, app, name) assert_ok(skep_map_open(&(handle), map_targets_object(app), name))

static bool reached(void *ctx)
{
	return *(const volatile uint64_t *)ctx >= FRAMES;
}

static void assert_counts(uint64_t *counter)
{
	if (!wait_until(reached, counter, 3000))
		fail_msg("only %llu of %d frames", (unsigned long long)*counter, FRAMES);
	assert_int_equal(*counter, FRAMES);
}

/* Frames that come in at `in` are sent on through `out`, whose cable ends at `end`. */
static struct skep_link *redirect(struct skep_program *program, const char *interface)
{
	struct skep_link *link = NULL;

	if (skep_attach_xdp(&link, program, interface, GENERIC))
		fail_msg("%s", skep_error_last()->message);
	return link;
}

TEST(frames_are_redirected_to_an_interface_by_its_name)
{
	struct map_targets *app = start();
	struct skep_link *in, *end;
	uint32_t key = 0;
	ports_map ports;

	net_make_veth("left", "in");
	net_make_veth("out", "end");
	OPEN(ports, app, "ports");
	in = redirect(map_targets_program_to_port(app), "in");
	end = redirect(map_targets_program_arrive(app), "end");
	assert_ok(skep_devmap_put(ports, &key, "out", NULL));
	net_send("left", FRAMES);
	assert_counts(&map_targets_bss(app)->arrived);
	assert_int_equal(map_targets_bss(app)->passed_port, 0);
	assert_ok(skep_map_del(ports, &key));
	net_send("left", FRAMES);
	usleep(20000);
	assert_int_equal(map_targets_bss(app)->arrived, FRAMES);
	skep_link_free(in);
	skep_link_free(end);
	skep_map_free(ports.map);
	map_targets_free(app);
}

TEST(program_of_a_port_sees_what_leaves_by_it)
{
	struct map_targets *app = start();
	struct skep_link *in, *end;
	struct bpf_devmap_val got;
	uint32_t key = 77;
	ports_map ports;

	net_make_veth("left", "in");
	net_make_veth("out", "end");
	OPEN(ports, app, "ports_by_name");
	in = redirect(map_targets_program_to_named_port(app), "in");
	end = redirect(map_targets_program_arrive(app), "end");
	assert_ok(skep_devmap_put(ports, &key, "out", map_targets_program_at_port(app)));
	assert_ok(skep_map_get(ports, &key, &got));
	assert_int_equal(got.ifindex, if_nametoindex("out"));
	assert_int_not_equal(got.bpf_prog.id, 0);
	net_send("left", FRAMES);
	assert_counts(&map_targets_bss(app)->arrived);
	assert_int_equal(map_targets_bss(app)->passed_port, FRAMES);
	skep_link_free(in);
	skep_link_free(end);
	skep_map_free(ports.map);
	map_targets_free(app);
}

TEST(frames_are_redirected_to_a_processor_and_its_program)
{
	struct map_targets *app = start();
	uint32_t cpu = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN) - 1;
	struct skep_link *in;
	cpus_map cpus;

	net_make_veth("left", "in");
	OPEN(cpus, app, "cpus");
	map_targets_bss(app)->cpu = cpu;
	assert_ok(skep_cpumap_put(cpus, cpu, 192, map_targets_program_at_cpu(app)));
	in = redirect(map_targets_program_to_cpu(app), "in");
	net_send("left", FRAMES);
	assert_counts(&map_targets_bss(app)->passed_cpu);
	assert_int_equal(map_targets_bss(app)->ran_on, cpu);
	skep_link_free(in);
	skep_map_free(cpus.map);
	map_targets_free(app);
}

#define CHUNKS 64u
#define CHUNK  2048u

/* An AF_XDP socket with its memory and rings; bound when `interface` is one. */
struct xsk {
	int fd;
	void *memory, *rings;
	char *received; /* the ring of what came in */
	struct xdp_mmap_offsets offsets;
};

static struct xsk xsk_open(const char *interface)
{
	struct xsk x = { .fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0) };
	struct xdp_umem_reg memory = { .len = (uint64_t)CHUNKS * CHUNK, .chunk_size = CHUNK };
	struct sockaddr_xdp address = { .sxdp_family = AF_XDP, .sxdp_flags = XDP_COPY };
	socklen_t bytes = sizeof(x.offsets);
	uint32_t entries = CHUNKS, *producer;
	uint64_t *fill;

	if (x.fd < 0)
		test_skip("this kernel has no AF_XDP sockets");
	if (!interface)
		return x;
	x.memory =
		mmap(NULL, memory.len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memory.addr = (uint64_t)(uintptr_t)x.memory;
	assert_int_equal(setsockopt(x.fd, SOL_XDP, XDP_UMEM_REG, &memory, sizeof(memory)), 0);
	assert_int_equal(setsockopt(x.fd, SOL_XDP, XDP_UMEM_FILL_RING, &entries, 4), 0);
	assert_int_equal(setsockopt(x.fd, SOL_XDP, XDP_UMEM_COMPLETION_RING, &entries, 4), 0);
	assert_int_equal(setsockopt(x.fd, SOL_XDP, XDP_RX_RING, &entries, 4), 0);
	assert_int_equal(getsockopt(x.fd, SOL_XDP, XDP_MMAP_OFFSETS, &x.offsets, &bytes), 0);
	x.rings = mmap(NULL, x.offsets.fr.desc + CHUNKS * sizeof(*fill), PROT_READ | PROT_WRITE,
		       MAP_SHARED, x.fd, XDP_UMEM_PGOFF_FILL_RING);
	assert_ptr_not_equal(x.rings, MAP_FAILED);
	fill = (uint64_t *)((char *)x.rings + x.offsets.fr.desc);
	producer = (uint32_t *)((char *)x.rings + x.offsets.fr.producer);
	for (uint32_t i = 0; i < CHUNKS; i++)
		fill[i] = (uint64_t)i * CHUNK;
	__atomic_store_n(producer, CHUNKS, __ATOMIC_RELEASE);
	/* Linux 6.1 maps rings before the socket is bound only. */
	x.received = mmap(NULL, x.offsets.rx.desc + CHUNKS * sizeof(struct xdp_desc),
			  PROT_READ | PROT_WRITE, MAP_SHARED, x.fd, XDP_PGOFF_RX_RING);
	assert_ptr_not_equal(x.received, MAP_FAILED);
	address.sxdp_ifindex = if_nametoindex(interface);
	assert_int_equal(bind(x.fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return x;
}

static void xsk_close(struct xsk *x)
{
	munmap(x->memory, (size_t)CHUNKS * CHUNK);
	munmap(x->received, x->offsets.rx.desc + CHUNKS * sizeof(struct xdp_desc));
	munmap(x->rings, x->offsets.fr.desc + CHUNKS * sizeof(uint64_t));
	close(x->fd);
}

TEST(frames_are_redirected_to_an_af_xdp_socket)
{
	struct map_targets *app = start();
	struct skep_link *in;
	struct xdp_desc *frame;
	volatile uint32_t *received;
	fd_map queues;
	struct xsk x;

	net_make_veth("left", "in");
	OPEN(queues, app, "queues");
	x = xsk_open("in");
	received = (volatile uint32_t *)(x.received + x.offsets.rx.producer);
	frame = (struct xdp_desc *)(x.received + x.offsets.rx.desc);
	assert_ok(skep_map_set_fd(queues, 0, x.fd));
	in = redirect(map_targets_program_to_socket(app), "in");
	net_send("left", FRAMES);
	for (int i = 0; i < 300 && *received < FRAMES; i++)
		usleep(10000);
	assert_int_equal(*received, FRAMES);
	assert_int_equal(frame[0].len, 60);
	assert_int_equal(((unsigned char *)x.memory)[frame[0].addr + 12], 0x88);
	skep_link_free(in);
	xsk_close(&x);
	skep_map_free(queues.map);
	map_targets_free(app);
}

TEST(socket_that_is_not_for_af_xdp_is_refused_in_words)
{
	struct map_targets *app = start();
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct xsk x;
	fd_map queues;

	OPEN(queues, app, "queues");
	assert_error(skep_map_set_fd(queues, 0, udp), EINVAL);
	app_assert_says("map 'queues' takes AF_XDP sockets");
	app_assert_says("a socket (IPv4 datagram)");
	assert_error(skep_map_set_fd(queues, 0, 999), EBADF);
	assert_error(skep_map_set_fd(queues, 0, -1), EBADF);
	assert_error(skep_map_set_fd(queues, 0, skep_map_fd(queues.map)), EINVAL);
	x = xsk_open(NULL);
	assert_error(skep_map_set_fd(queues, 4, x.fd), E2BIG);
	app_assert_says("has 4 slots: there is no 4");
	close(x.fd);
	close(udp);
	skep_map_free(queues.map);
	map_targets_free(app);
}

TEST(misuse_of_interfaces_and_processors_is_an_error_in_words)
{
	struct map_targets *app = start(), *unloaded = NULL;
	ports_map ports, none = { .map = NULL };
	narrow_map narrow;
	cpus_map cpus;
	uint32_t key = 0;

	net_make_veth("left", "right");
	OPEN(ports, app, "ports");
	OPEN(narrow, app, "narrow");
	OPEN(cpus, app, "cpus");
	assert_ok(skep_devmap_put(narrow, &key, "right", NULL));
	assert_error(skep_devmap_put(narrow, &key, "right", map_targets_program_at_port(app)),
		     EPROTOTYPE);
	app_assert_hints("bpf_devmap_val (Linux 5.8)");
	assert_error(skep_devmap_put(ports, &key, "nowhere", NULL), ENODEV);
	app_assert_says("there is no interface 'nowhere'");
	assert_error(skep_devmap_put(ports, &key, NULL, NULL), EINVAL);
	assert_error(skep_devmap_put(ports, &key, "right", map_targets_program_arrive(app)),
		     EINVAL);
	app_assert_hints("xdp/devmap");
	key = 4;
	assert_error(skep_devmap_put(ports, &key, "right", NULL), E2BIG);
	assert_error(skep_devmap_put(cpus, &key, "right", NULL), EPROTOTYPE);
	assert_error(skep_devmap_put(none, &key, "right", NULL), EBADF);
	assert_error(skep_cpumap_put(cpus, 0, 0, NULL), EINVAL);
	assert_error(skep_cpumap_put(cpus, 0, 16385, NULL), EINVAL);
	assert_error(skep_cpumap_put(cpus, 64, 16, NULL), E2BIG);
	assert_error(skep_cpumap_put(cpus, 0, 16, map_targets_program_arrive(app)), EINVAL);
	app_assert_hints("xdp/cpumap");
	assert_error(skep_cpumap_put(ports, 0, 16, NULL), EPROTOTYPE);
	assert_ok(map_targets_open(&unloaded, NULL));
	assert_error(skep_cpumap_put(cpus, 0, 16, map_targets_program_at_cpu(unloaded)), EBADF);
	map_targets_free(unloaded);
	skep_map_free(ports.map);
	skep_map_free(narrow.map);
	skep_map_free(cpus.map);
	map_targets_free(app);
}

TEST(program_asks_whether_its_task_is_below_a_cgroup)
{
	struct map_targets *app = start();
	const char *root = cgroup2_root();
	char path[256];
	fd_map cgroups;
	int err;

	OPEN(cgroups, app, "cgroups");
	snprintf(path, sizeof(path), "%s/skep-test-%d", root, getpid());
	assert_int_equal(mkdir(path, 0755), 0);
	err = skep_map_set_cgroup(cgroups, 0, root);
	if (!err)
		err = skep_map_set_cgroup(cgroups, 1, path);
	assert_int_equal(rmdir(path), 0);
	assert_ok(err);
	assert_int_equal(app_run(map_targets_object(app), "is_below", 0, 0), 1);
	assert_int_equal(app_run(map_targets_object(app), "is_below", 1, 0), 0);
	assert_error(skep_map_set_cgroup(cgroups, 0, path), ENOENT);
	assert_error(skep_map_set_cgroup(cgroups, 0, "/tmp"), EINVAL);
	app_assert_says("takes folders of cgroup v2: /tmp is none");
	assert_error(skep_map_set_cgroup(cgroups, 0, NULL), EINVAL);
	assert_error(skep_map_set_cgroup(cgroups, 4, root), E2BIG);
	assert_error(skep_map_set_fd(cgroups, 0, skep_map_fd(cgroups.map)), EINVAL);
	app_assert_says("a BPF map");
	skep_map_free(cgroups.map);
	map_targets_free(app);
}

static int perf_open(unsigned int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
	};

	return (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

TEST(program_writes_to_the_perf_event_of_its_slot)
{
	struct map_targets *app = start();
	size_t bytes = 2 * (size_t)sysconf(_SC_PAGESIZE);
	int fd = perf_open(0);
	struct perf_event_mmap_page *page;
	fd_map events, queues;

	OPEN(events, app, "events");
	OPEN(queues, app, "queues");
	assert_true(fd >= 0);
	page = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(page, MAP_FAILED);
	assert_int_equal(app_run_on(map_targets_object(app), "tell", 0, 1, 0), -ENOENT);
	assert_ok(skep_map_set_fd(events, 0, fd));
	assert_int_equal(app_run_on(map_targets_object(app), "tell", 0, 1, 0), 0);
	assert_true(page->data_head >= 8);
	assert_error(skep_map_set_fd(events, 0, skep_map_fd(events.map)), EINVAL);
	app_assert_says("map 'events' takes perf events");
	assert_error(skep_map_set_fd(queues, 0, fd), EINVAL);
	assert_error(skep_map_set_cgroup(events, 0, "/"), EPROTOTYPE);
	munmap(page, bytes);
	close(fd);
	skep_map_free(events.map);
	skep_map_free(queues.map);
	map_targets_free(app);
}
