/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ INTERFACE PORT=MARK...` marks what goes to these ports, until Ctrl-C. */
#include <stdio.h>

#include <skep/skep.h>

#include "classify.skep.h"

static int add_class(struct classify *app, const char *text)
{
	struct class class = { 0 };
	uint16_t port;

	if (sscanf(text, "%hu=%u", &port, &class.mark) != 2)
		return skep_error_set(EINVAL, "as in 443=7", "not PORT=MARK: '%s'", text);
	class.priority = class.mark;
	return skep_map_put(classify_map_classes(app), &port, &class);
}

static int report(uint64_t expirations, void *app)
{
	struct class class;
	uint16_t port;
	int err;

	(void)expirations;
	skep_map_foreach(classify_map_classes(app), &port, &class, &err)
		printf("port %-6u mark %-6u %10llu packets %14llu bytes\n", port, class.mark,
		       (unsigned long long)class.packets, (unsigned long long)class.bytes);
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : err;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(classify) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	int err;

	if (argc < 3) {
		fprintf(stderr, "Usage: @NAME@ INTERFACE PORT=MARK...\n");
		return 2;
	}
	err = classify_open(&app, NULL) || classify_load(app);
	for (int i = 2; !err && i < argc; i++)
		err = add_class(app, argv[i]);
	/* With tcx where the kernel has it, on a clsact qdisc where not. */
	if (err ||
	    skep_attach_tcx(&link, classify_program_classify(app), argv[1], SKEP_EGRESS,
			    SKEP_OPTS(skep_tcx_opts, .fallback = true)) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_add_timer(loop, SKEP_SECOND, report, app) || skep_loop_run(loop))
		return skep_perror("@NAME@");
	return 0;
}
