// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What the kernel tells of a struct of functions while it is registered, and before. */
#include "harness/machine.h"
#include "harness/test.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "app.h"

static struct skep_object *start(void)
{
	require_root();
	if (skep_kernel_can(SKEP_CAN_STRUCT_OPS) != SKEP_YES)
		test_skip("%s", skep_kernel_finding(SKEP_CAN_STRUCT_OPS)->why);
	return app_load("map_struct_ops.bpf.o");
}

TEST(state_follows_registration_and_use)
{
	struct skep_object *object = start();
	struct skep_map *map = skep_object_map(object, "control");
	struct skep_struct_ops_status status;
	struct bpf_link *link;
	int fd;

	assert_ok(skep_struct_ops_status(map, &status));
	assert_int_equal(status.state, SKEP_STRUCT_OPS_NEW);
	assert_int_equal(status.references, 0);
	link = bpf_map__attach_struct_ops(skep_map_libbpf(map));
	assert_non_null(link);
	assert_ok(skep_struct_ops_status(map, &status));
	assert_int_equal(status.state, SKEP_STRUCT_OPS_IN_USE);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "skep_test", 9), 0);
	bpf_link__destroy(link);
	assert_ok(skep_struct_ops_status(map, &status));
	assert_int_not_equal(status.state, SKEP_STRUCT_OPS_IN_USE);
	close(fd);
	skep_object_free(object);
}

TEST(other_maps_have_no_such_state)
{
	struct skep_object *object = start();
	struct skep_map *map = skep_object_map(object, "other");
	struct skep_struct_ops_status status;
	SKEP_MAP(uint32_t, uint32_t) handle = { .map = NULL };

	assert_error(skep_struct_ops_status(map, &status), EPROTOTYPE);
	app_assert_says("it has no state");
	assert_error(skep_struct_ops_status(NULL, &status), EBADF);
	assert_error(skep_struct_ops_status(skep_object_map(object, "control"), NULL), EINVAL);
	assert_error(skep_map_open(&handle, object, "control"), EPROTOTYPE);
	app_assert_says("struct_ops");
	app_assert_hints("skep_attach_struct_ops()");
	skep_object_free(object);
}
