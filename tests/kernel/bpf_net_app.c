// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "bpf_net_app.h"

#include <string.h>

#include <bpf/bpf.h>

#include "harness/machine.h"
#include "harness/test.h"

static struct bpf_net *app;

static void free_app(void)
{
	bpf_net_free(app);
}

void bpf_net_start(void **state)
{
	struct bpf_net *opened = NULL;

	(void)state;
	require_root();
	if (app)
		return;
	assert_ok(bpf_net_open(&opened, NULL));
	if (bpf_net_load(opened))
		fail_msg("%s: %s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	app = opened;
	atexit(free_app);
}

struct bpf_net *bpf_net_opened(void)
{
	return app;
}

struct bpf_net_bss *bpf_net_vars(void)
{
	return bpf_net_bss(app);
}

static int program_fd(const char *name)
{
	struct skep_program *p = skep_object_program(bpf_net_object(app), name);

	assert_non_null(p);
	return skep_program_fd(p);
}

size_t bpf_net_run(const char *program, unsigned char *packet, size_t bytes)
{
	static unsigned char out[PACKET_ROOM];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = (__u32)bytes,
		    .data_out = out, .data_size_out = sizeof(out));

	assert_int_equal(bpf_prog_test_run_opts(program_fd(program), &opts), 0);
	memcpy(packet, out, opts.data_size_out);
	return opts.data_size_out;
}

bool bpf_net_read(const char *program, const unsigned char *packet, size_t bytes)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = (__u32)bytes);
	int err = bpf_prog_test_run_opts(program_fd(program), &opts);

	if (err == -EINVAL && strstr(program, "_tc") && bytes < 14 + 40)
		return false;
	assert_int_equal(err, 0);
	return true;
}

void bpf_net_fail(const unsigned char *packet, size_t bytes, const char *why)
{
	for (size_t i = 0; i < bytes; i++)
		fprintf(stderr, "%02x", packet[i]);
	fail_msg("%s: of these %zu bytes", why, bytes);
}
