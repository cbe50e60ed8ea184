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

#include "decode.h"
#include "record_type.h"
#include "rows.h"

#define MOST        32
#define FLUSH_EVERY (100 * SKEP_MILLISECOND)

struct args {
	const char *path;
	enum cli_format format;
	const char *interface;
	double seconds;
	const char *records[MOST + 1]; /* RING=TYPE */
	const char *sizes[MOST + 1];   /* RING=BYTES */
};

struct run;

/* One ring of the object. */
struct source {
	struct run *run;
	struct skep_ring *ring;
	int type_id;
};

struct run {
	const char *what; /* "skep run" */
	struct args args;
	struct skep_object *object;
	struct skep_loop *loop;
	struct skep_link *links[MOST * 4];
	size_t link_count;
	struct source sources[MOST];
	size_t source_count;
	struct rows rows;
	struct timespec start;
};

static const struct argp_option options[] = {
	{ "format", 'f', "text|json", 0, "How records are printed (default: text)", 0 },
	{ "interface", 'i', "NAME", 0, "Network interface to attach XDP programs to", 0 },
	{ "duration", 'd', "SECONDS", 0, "Stop by itself (default: at Ctrl-C)", 0 },
	{ "record", 'r', "RING=TYPE", 0, "Decode a ring's records as this struct of the object",
	  0 },
	{ "ring", 's', "RING=BYTES", 0, "Make a ring this large: a power of two", 0 },
	{ 0 },
};

static void add(const char **list, const char *arg, struct argp_state *state)
{
	size_t n = 0;

	while (list[n])
		n++;
	if (n == MOST || !strchr(arg, '='))
		argp_error(state, "not RING=...: '%s'", arg);
	list[n] = arg;
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
		add(args->records, arg, state);
		return 0;
	case 's':
		add(args->sizes, arg, state);
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
	.doc = "Load a BPF object, attach its programs, and print each record of its rings.\v"
	       "Any .bpf.o will do, also one that was not made with skep. Ctrl-C ends it, and "
	       "tells how many events came and how many did not fit.",
};

/* The value of RING in a list of RING=VALUE; NULL when it has none. */
static const char *value_of(const char *const *list, const char *ring)
{
	size_t n = strlen(ring);

	for (; *list; list++)
		if (!strncmp(*list, ring, n) && (*list)[n] == '=')
			return *list + n + 1;
	return NULL;
}

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

/* A misspelt name would otherwise do nothing, without a word. */
static int check_records(const struct run *run)
{
	for (const char *const *at = run->args.records; *at; at++) {
		const struct skep_map *map;
		char ring[64];

		snprintf(ring, sizeof(ring), "%.*s", (int)(strchr(*at, '=') - *at), *at);
		map = skep_object_map(run->object, ring);
		if (!map || bpf_map__type(skep_map_libbpf(map)) != BPF_MAP_TYPE_RINGBUF)
			return cli_fail(run->what, NULL, "%s has no ring '%s'", run->args.path,
					ring);
	}
	return EXIT_OK;
}

static int on_record(const void *record, size_t bytes, void *ctx)
{
	struct source *source = ctx;
	struct run *run = source->run;
	const struct btf *btf = bpf_object__btf(skep_object_libbpf(run->object));
	const char *name = skep_ring_name(source->ring);
	json_t *value;

	value = source->type_id ? decode(btf, (unsigned int)source->type_id, record, bytes)
				: decode_unknown(record, bytes);
	if (run->args.format == FORMAT_JSON) {
		json_t *line = json_pack("{s:s,s:O}", "ring", name, "record", value);

		json_dumpf(line, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(line);
	} else {
		rows_print(&run->rows, source, name, value);
	}
	json_decref(value);
	return ferror(stdout) ? skep_error_set(errno, NULL, "cannot write to standard output: %s",
					       strerror(errno))
			      : 0;
}

static int open_ring(struct run *run, const char *name)
{
	struct source *source = &run->sources[run->source_count];
	const char *wanted = value_of(run->args.records, name);

	if (run->source_count == MOST)
		return cli_fail(run->what, NULL, "more than %d rings", MOST);
	source->run = run;
	source->type_id = record_type(run->object, name, wanted);
	if (source->type_id < 0)
		return cli_fail(run->what, "types are those that the object's BTF has",
				"%s has no struct '%s'", run->args.path, wanted);
	if (skep_ring_open_raw(&source->ring, run->object, name, 0,
			       SKEP_OPTS(skep_ring_opts, .any_size = true)))
		return skep_perror(run->what);
	run->source_count++;
	if (skep_loop_add_ring(run->loop, source->ring, on_record, source))
		return skep_perror(run->what);
	return EXIT_OK;
}

static int open_rings(struct run *run)
{
	struct skep_map *map = NULL;
	int err = EXIT_OK;

	while (!err && (map = skep_object_next_map(run->object, map))) {
		enum bpf_map_type type = bpf_map__type(skep_map_libbpf(map));

		if (type == BPF_MAP_TYPE_RINGBUF)
			err = open_ring(run, skep_map_name(map));
		else if (type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			fprintf(stderr, "%s: note: map '%s' is a perf buffer: not read\n",
				run->what, skep_map_name(map));
	}
	return err;
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
	err = check_records(run);
	if (!err)
		err = check_interface(run);
	if (!err)
		err = resize(run);
	if (err)
		return err;
	if (skep_loop_new(&run->loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_add_timer(run->loop, FLUSH_EVERY, on_flush, NULL) || watch_reader(run) ||
	    (run->args.seconds > 0 &&
	     skep_loop_add_timer(run->loop, (uint64_t)ceil(run->args.seconds * 1e9), on_end,
				 run->loop)) ||
	    skep_object_load(run->object))
		return skep_perror(run->what);
	err = open_rings(run);
	return err ? err : attach(run);
}

static void report(const struct run *run)
{
	uint64_t events = 0, dropped = 0, discarded = 0;
	const char *mark = "";
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	for (size_t i = 0; i < run->source_count; i++) {
		struct skep_ring_stats stats;

		skep_ring_stats(run->sources[i].ring, &stats);
		events += stats.consumed;
		dropped += stats.dropped;
		discarded += stats.discarded;
		if (!stats.counted)
			mark = " (not counted by every ring's program)";
	}
	fprintf(stderr, "%s: %llu events, %llu dropped, %llu discarded%s in %.1f s\n", run->what,
		(unsigned long long)events, (unsigned long long)dropped,
		(unsigned long long)discarded, mark,
		(double)(end.tv_sec - run->start.tv_sec) +
			(double)(end.tv_nsec - run->start.tv_nsec) / 1e9);
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
	if (!err && skep_loop_drain(run->loop))
		err = skep_perror(run->what);
	if (!err)
		err = cli_finish(stdout, "standard output");
	report(run);
	return err;
}

int cmd_run(int argc, char **argv)
{
	struct run run = { .what = argv[0], .rows.out = stdout };
	int err;

	cli_parse(&argp, argc, argv, &run.args);
	err = prepare(&run);
	if (!err)
		err = go(&run);
	while (run.link_count)
		skep_link_free(run.links[--run.link_count]);
	skep_loop_free(run.loop);
	for (size_t i = 0; i < run.source_count; i++)
		skep_ring_free(run.sources[i].ring);
	skep_object_free(run.object);
	return err;
}
