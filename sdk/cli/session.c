/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "session.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "run_log.h"

#define FLUSH_EVERY (100 * SKEP_MILLISECOND)

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
	if (n == SOURCES_MOST)
		argp_error(state, "more than %d rings", SOURCES_MOST);
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
	struct session_args *args = state->input;
	char *end;

	switch (key) {
	case ARGP_KEY_INIT:
		args->level = SKEP_LOG_INFO;
		return 0;
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
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp session_argp = { .options = options, .parser = parse };

static int resize(struct session *session)
{
	for (const char **at = session->args.sizes; *at; at++) {
		const char *value = strchr(*at, '=') + 1;
		char ring[64], *end;
		unsigned long bytes = strtoul(value, &end, 0);

		snprintf(ring, sizeof(ring), "%.*s", (int)(value - 1 - *at), *at);
		if (*end || end == value || bytes > UINT32_MAX) {
			cli_fail(session->what, NULL, "'%s' is not a number of bytes", value);
			return EXIT_USAGE;
		}
		if (skep_object_resize(session->object, ring, (uint32_t)bytes))
			return skep_perror(session->what);
	}
	return EXIT_OK;
}

static int use_perf(const struct session *session)
{
	for (const char *const *ring = session->args.perf; *ring; ring++)
		if (skep_perf_use(session->object, *ring))
			return skep_perror(session->what);
	return EXIT_OK;
}

bool session_is_xdp(const struct skep_program *program)
{
	return bpf_program__type(skep_program_libbpf(program)) == BPF_PROG_TYPE_XDP;
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
static int watch_reader(const struct session *session)
{
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) || !S_ISFIFO(st.st_mode))
		return 0;
	return skep_loop_add_fd(session->loop, STDOUT_FILENO, EPOLLERR, on_reader_gone, NULL);
}

static int on_end(uint64_t expirations, void *ctx)
{
	(void)expirations;
	skep_loop_stop(ctx);
	return 0;
}

/* An interface that nothing is going to be attached to is a mistake of the caller. */
static int check_interface(const struct session *session)
{
	struct skep_program *program = NULL;

	if (!session->args.interface)
		return EXIT_OK;
	while ((program = skep_object_next_program(session->object, program)))
		if (session_is_xdp(program))
			return EXIT_OK;
	cli_fail(session->what, NULL, "--interface is for XDP programs, and %s has none",
		 session->path);
	return EXIT_USAGE;
}

int session_open(struct session *session)
{
	int err;

	if (skep_object_open(&session->object, session->path, NULL))
		return skep_perror(session->what);
	session->sources.what = session->what;
	session->sources.path = session->path;
	session->sources.format = session->args.format;
	session->sources.records = session->args.records;
	session->sources.object = session->object;
	err = sources_check(&session->sources);
	if (!err)
		err = check_interface(session);
	if (!err)
		err = resize(session);
	return err ? err : use_perf(session);
}

int session_listen(struct session *session)
{
	double seconds = session->args.seconds;

	if (skep_loop_new(&session->loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_add_timer(session->loop, FLUSH_EVERY, on_flush, NULL) ||
	    watch_reader(session) ||
	    (seconds > 0 && skep_loop_add_timer(session->loop, (uint64_t)ceil(seconds * 1e9),
						on_end, session->loop)))
		return skep_perror(session->what);
	return EXIT_OK;
}

int session_read(struct session *session)
{
	int err;

	session->sources.loop = session->loop;
	err = sources_open(&session->sources);
	if (!err && run_log_open(&session->log, session->object, session->loop, session->args.level,
				 session->args.format))
		err = skep_perror(session->what);
	return err;
}

int session_drain(struct session *session)
{
	if (skep_loop_drain(session->loop) || sources_finish(&session->sources))
		return skep_perror(session->what);
	return EXIT_OK;
}

void session_stop(struct session *session)
{
	skep_loop_free(SKEP_TAKE(session->loop));
	skep_bpf_log_free(SKEP_TAKE(session->log));
}

void session_report(const struct session *session, const struct skep_ring_stats *all)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	fprintf(stderr, "%s: %llu events, %llu dropped, %llu discarded%s in %.1f s\n",
		session->what, (unsigned long long)all->consumed, (unsigned long long)all->dropped,
		(unsigned long long)all->discarded,
		all->counted ? "" : " (not counted by every ring's program)",
		(double)(end.tv_sec - session->start.tv_sec) +
			(double)(end.tv_nsec - session->start.tv_nsec) / 1e9);
}
