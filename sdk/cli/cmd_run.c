/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <skep/skep.h>

#include "run_log.h"
#include "sources.h"

#define MOST        32
#define FLUSH_EVERY (100 * SKEP_MILLISECOND)

struct args {
	const char *path;
	enum cli_format format;
	const char *interface;
	double seconds;
	const char *records[MOST + 1]; /* RING=TYPE */
	const char *sizes[MOST + 1];   /* RING=BYTES */
	const char *perf[MOST + 1];    /* RING */
	enum skep_log_level level;
};

struct run {
	const char *what; /* "skep run" */
	struct args args;
	struct skep_object *object;
	struct skep_loop *loop;
	struct skep_link *links[MOST * 4];
	size_t link_count;
	struct sources sources;
	struct skep_bpf_log *log; /* or NULL: the programs have no messages */
	struct timespec start;
};

static const struct argp_option options[] = {
	{ "format", 'f', "text|json", 0, "How records are printed (default: text)", 0 },
	{ "interface", 'i', "NAME", 0, "Network interface to attach XDP programs to", 0 },
	{ "duration", 'd', "SECONDS", 0, "Stop by itself (default: at Ctrl-C)", 0 },
	{ "record", 'r', "RING=TYPE", 0, "Decode a ring's records as this struct of the object",
	  0 },
	{ "perf", 'p', "RING", 0, "Use perf buffers in the place of a ring that can be both", 0 },
	{ "log-level", 'l', "LEVEL", 0,
	  "Which messages of the programs are shown: off, error, warn, info, debug or trace "
	  "(default: info)",
	  0 },
	{ "ring", 's', "RING=BYTES", 0, "Make a ring this large: a power of two", 0 },
	{ 0 },
};

static void add(const char **list, const char *arg, struct argp_state *state)
{
	size_t n = 0;

	while (list[n])
		n++;
	if (n == MOST)
		argp_error(state, "more than %d rings", MOST);
	list[n] = arg;
}

static void add_pair(const char **list, const char *arg, struct argp_state *state)
{
	if (!strchr(arg, '='))
		argp_error(state, "not RING=...: '%s'", arg);
	add(list, arg, state);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;
	char *end;

	switch (key) {
	case 'f':
		args->format = cli_format(arg, state);
		return 0;
	case 'i':
		args->interface = arg;
		return 0;
	case 'd':
		args->seconds = strtod(arg, &end);
		if (*end || end == arg || !(args->seconds > 0) || args->seconds > 1e9)
			argp_error(state, "--duration is a number of seconds, not '%s'", arg);
		return 0;
	case 'r':
		add_pair(args->records, arg, state);
		return 0;
	case 's':
		add_pair(args->sizes, arg, state);
		return 0;
	case 'l':
		if (!run_log_level(arg, &args->level))
			argp_error(state,
				   "--log-level is off, error, warn, info, debug or trace, "
				   "not '%s'",
				   arg);
		return 0;
	case 'p':
		add(args->perf, arg, state);
		return 0;
	case ARGP_KEY_ARG:
		if (args->path)
			argp_error(state, "one object at a time");
		args->path = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which object?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "OBJECT",
	.doc = "Load a BPF object, attach its programs, and print each record of its rings and perf "
	       "buffers.\v"
	       "Any .bpf.o will do, also one that was not made with skep. Ctrl-C ends it, and "
	       "tells how many events came and how many did not fit. Records of many rings whose "
	       "type has a member declared with SKEP_TIME are printed in the order of time. Messages of "
	       "skep_info() and the like go to standard error, or among the records of JSON.",
};

static int resize(struct run *run)
{
	for (const char **at = run->args.sizes; *at; at++) {
		const char *value = strchr(*at, '=') + 1;
		char ring[64], *end;
		unsigned long bytes = strtoul(value, &end, 0);

		snprintf(ring, sizeof(ring), "%.*s", (int)(value - 1 - *at), *at);
		if (*end || end == value || bytes > UINT32_MAX) {
			cli_fail(run->what, NULL, "'%s' is not a number of bytes", value);
			return EXIT_USAGE;
		}
		if (skep_object_resize(run->object, ring, (uint32_t)bytes))
			return skep_perror(run->what);
	}
	return EXIT_OK;
}

static bool is_xdp(const struct skep_program *program)
{
	return bpf_program__type(skep_program_libbpf(program)) == BPF_PROG_TYPE_XDP;
}

static int attach_one(struct run *run, struct skep_program *program)
{
	struct skep_link **link = &run->links[run->link_count];

	if (run->args.interface && is_xdp(program))
		return skep_attach_xdp(link, program, run->args.interface, NULL);
	return skep_attach(link, program);
}

static int too_many(const struct run *run)
{
	return cli_fail(run->what, NULL, "more than %zu programs", run->link_count);
}

static int use_perf(const struct run *run)
{
	for (const char *const *ring = run->args.perf; *ring; ring++)
		if (skep_perf_use(run->object, *ring))
			return skep_perror(run->what);
	return EXIT_OK;
}

/* What cannot be attached is said; nothing attached at all is a failure. */
static int attach(struct run *run)
{
	struct skep_program *program = NULL;
	size_t refused = 0;

	while ((program = skep_object_next_program(run->object, program))) {
		if (skep_program_fd(program) < 0)
			continue;
		if (run->link_count == sizeof(run->links) / sizeof(run->links[0]))
			return too_many(run);
		if (!attach_one(run, program)) {
			run->link_count++;
		} else {
			skep_perror(run->what);
			refused++;
		}
	}
	if (run->link_count)
		return EXIT_OK;
	if (refused == 1)
		return EXIT_FAILED; /* its own line says it all */
	return cli_fail(run->what, NULL, "nothing of %s could be attached", run->args.path);
}

static int on_flush(uint64_t expirations, void *ctx)
{
	(void)expirations;
	(void)ctx;
	if (!fflush(stdout))
		return 0;
	return skep_error_set(errno, NULL, "cannot write to standard output: %s", strerror(errno));
}

/* Nobody reads any more: ends as a write would end it, but without waiting for a record. */
static int on_reader_gone(int fd, uint32_t events, void *ctx)
{
	(void)fd;
	(void)events;
	(void)ctx;
	raise(SIGPIPE); /* unless it is ignored, this is the end */
	return skep_error_set(EPIPE, NULL, "cannot write to standard output: %s", strerror(EPIPE));
}

/* A pipe tells when its reader goes; other files do not, and refuse to be waited for. */
static int watch_reader(const struct run *run)
{
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) || !S_ISFIFO(st.st_mode))
		return 0;
	return skep_loop_add_fd(run->loop, STDOUT_FILENO, EPOLLERR, on_reader_gone, NULL);
}

static int on_end(uint64_t expirations, void *ctx)
{
	(void)expirations;
	skep_loop_stop(ctx);
	return 0;
}

/* An interface that nothing is going to be attached to is a mistake of the caller. */
static int check_interface(const struct run *run)
{
	struct skep_program *program = NULL;

	if (!run->args.interface)
		return EXIT_OK;
	while ((program = skep_object_next_program(run->object, program)))
		if (is_xdp(program))
			return EXIT_OK;
	cli_fail(run->what, NULL, "--interface is for XDP programs, and %s has none",
		 run->args.path);
	return EXIT_USAGE;
}

static int prepare(struct run *run)
{
	int err;

	if (skep_object_open(&run->object, run->args.path, NULL))
		return skep_perror(run->what);
	run->sources.what = run->what;
	run->sources.path = run->args.path;
	run->sources.format = run->args.format;
	run->sources.records = run->args.records;
	run->sources.object = run->object;
	err = sources_check(&run->sources);
	if (!err)
		err = check_interface(run);
	if (!err)
		err = resize(run);
	if (!err)
		err = use_perf(run);
	if (err)
		return err;
	if (skep_loop_new(&run->loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_add_timer(run->loop, FLUSH_EVERY, on_flush, NULL) || watch_reader(run) ||
	    (run->args.seconds > 0 &&
	     skep_loop_add_timer(run->loop, (uint64_t)ceil(run->args.seconds * 1e9), on_end,
				 run->loop)) ||
	    skep_object_load(run->object))
		return skep_perror(run->what);
	run->sources.loop = run->loop;
	err = sources_open(&run->sources);
	if (!err &&
	    run_log_open(&run->log, run->object, run->loop, run->args.level, run->args.format))
		err = skep_perror(run->what);
	return err ? err : attach(run);
}

static void report(const struct run *run)
{
	struct skep_ring_stats all;
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	sources_stats(&run->sources, &all);
	fprintf(stderr, "%s: %llu events, %llu dropped, %llu discarded%s in %.1f s\n", run->what,
		(unsigned long long)all.consumed, (unsigned long long)all.dropped,
		(unsigned long long)all.discarded,
		all.counted ? "" : " (not counted by every ring's program)",
		(double)(end.tv_sec - run->start.tv_sec) +
			(double)(end.tv_nsec - run->start.tv_nsec) / 1e9);
}

/* What it has to say of what was lost comes before the report. */
static void free_log(struct run *run)
{
	skep_loop_free(SKEP_TAKE(run->loop));
	skep_bpf_log_free(SKEP_TAKE(run->log));
}

static int go(struct run *run)
{
	int err;

	clock_gettime(CLOCK_MONOTONIC, &run->start);
	fprintf(stderr, "%s: %zu program%s attached; Ctrl-C ends\n", run->what, run->link_count,
		run->link_count == 1 ? "" : "s");
	err = skep_loop_run(run->loop) ? skep_perror(run->what) : EXIT_OK;
	/* Off their hooks before the count: the numbers are the last ones. */
	while (run->link_count)
		skep_link_free(run->links[--run->link_count]);
	if (!err && (skep_loop_drain(run->loop) || sources_finish(&run->sources)))
		err = skep_perror(run->what);
	free_log(run);
	if (!err)
		err = cli_finish(stdout, "standard output");
	report(run);
	return err;
}

int cmd_run(int argc, char **argv)
{
	struct run run = { .what = argv[0],
			   .args.level = SKEP_LOG_INFO,
			   .sources.rows.out = stdout };
	int err;

	cli_parse(&argp, argc, argv, &run.args);
	err = prepare(&run);
	if (!err)
		err = go(&run);
	while (run.link_count)
		skep_link_free(run.links[--run.link_count]);
	skep_loop_free(run.loop);
	skep_bpf_log_free(run.log);
	sources_free(&run.sources);
	skep_object_free(run.object);
	return err;
}
