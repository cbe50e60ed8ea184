/* SPDX-License-Identifier: 0BSD */
/*
 * The user side on Linux: `@NAME@ INTERFACE` counts what comes in by its type, and tells at Ctrl-C. On
 * Windows, libbpf's API of eBPF for Windows loads the same kernel side.
 */
#include <stdio.h>

#include <skep/skep.h>

#include "types.skep.h"

static const char *name_of(uint16_t type)
{
	switch (type) {
	case 0x0800:
		return "IPv4";
	case 0x0806:
		return "ARP";
	case 0x86dd:
		return "IPv6";
	case 0x8100:
		return "VLAN";
	default:
		return "";
	}
}

static int wait_for_ctrl_c(void)
{
	SKEP_AUTO(skep_loop) *loop = NULL;
	int err = skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true));

	return err ? err : skep_loop_run(loop);
}

int main(int argc, char **argv)
{
	SKEP_AUTO(types) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	const char *interface = argc > 1 ? argv[1] : "lo";
	struct amount amount;
	uint16_t type;
	int err;

	if (argc > 2) {
		fprintf(stderr, "Usage: @NAME@ [INTERFACE]\n");
		return 2;
	}
	err = types_open(&app, NULL);
	if (!err)
		err = types_load(app);
	if (!err)
		err = skep_attach_xdp(&link, types_program_count(app), interface, NULL);
	if (!err)
		err = wait_for_ctrl_c();
	if (err)
		return skep_perror("@NAME@");
	skep_map_foreach(types_map_by_type(app), &type, &amount, &err)
		printf("%04x %-4s %llu packets, %llu bytes\n", type, name_of(type),
		       (unsigned long long)amount.packets, (unsigned long long)amount.bytes);
	if (err)
		return skep_perror("by_type");
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
