/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"
#include "top.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <skep/kernel.h>

#define WHAT        "skep top"
#define FIRST_NS    UINT64_C(300000000) /* so that a screen is not empty for long */
#define TYPES_MOST  256
#define DELAY_MOST  86400.0
#define DELAY_LEAST 0.05

enum {
	KEY_NAME = 256,
	KEY_TYPE,
	KEY_ID,
};

struct arguments {
	enum cli_format format;
	double delay;
	unsigned long count; /* 0: until it is ended */
	bool batch;
	struct top_filter filter;
};

static const struct argp_option options[] = {
	{ "format", 'f', "text|json", 0,
	  "how to print it; text is the default; json is one object, after one interval", 0 },
	{ "delay", 'd', "SECONDS", 0, "the interval; 1 is the default", 0 },
	{ "count", 'n', "N", 0, "end after N intervals", 0 },
	{ "batch", 'b', NULL, 0,
	  "print one table after the other, all columns; also where standard output is no terminal",
	  0 },
	{ "sort", 's', "KEY", 0,
	  "by cpu (default), runs, time (of a run), misses, memory, ring, "
	  "drops, wakeups, type, name or id",
	  0 },
	{ "pid", 'p', "PID", 0, "programs that this process has: themselves, a link, or a map", 0 },
	{ "name", KEY_NAME, "TEXT", 0, "programs with TEXT in their name", 0 },
	{ "type", KEY_TYPE, "TYPE", 0, "programs of this type: xdp, tracing, ...", 0 },
	{ "id", KEY_ID, "N", 0, "the program of this number", 0 },
	{ 0 }
};

static unsigned long number(const char *arg, unsigned long most, const char *what,
			    struct argp_state *state)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(arg, &end, 10);
	if (*arg < '0' || *arg > '9' || *end || errno || !value || value > most)
		argp_error(state, "'%s' is not %s", arg, what);
	return value;
}

static double delay(const char *arg, struct argp_state *state)
{
	char *end;
	double value = strtod(arg, &end);

	if (*arg < '.' || *arg > '9' || *end || !(value >= DELAY_LEAST && value <= DELAY_MOST))
		argp_error(state, "--delay is a number of seconds from %g to %g, not '%s'",
			   DELAY_LEAST, DELAY_MOST, arg);
	return value;
}

static int sort_key(const char *arg, struct argp_state *state)
{
	int key = top_sort_key(arg);

	if (key < 0)
		argp_error(state, "--sort is one of %s, not '%s'", top_sort_keys, arg);
	return key;
}

static int64_t program_type(const char *arg, struct argp_state *state)
{
	const char *word;

	for (int type = 1; type < TYPES_MOST; type++) {
		word = libbpf_bpf_prog_type_str((enum bpf_prog_type)type);
		if (word && !strcmp(word, arg))
			return type;
	}
	argp_error(state,
		   "there is no type of programs '%s' (xdp, sched_cls, kprobe, tracing, ...)", arg);
	return -1;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'f':
		a->format = cli_format(arg, state);
		return 0;
	case 'd':
		a->delay = delay(arg, state);
		return 0;
	case 'n':
		a->count = number(arg, ULONG_MAX, "a number of intervals", state);
		return 0;
	case 'b':
		a->batch = true;
		return 0;
	case 's':
		a->filter.sort = sort_key(arg, state);
		return 0;
	case 'p':
		a->filter.pid = (pid_t)number(arg, INT_MAX, "a process's number", state);
		return 0;
	case KEY_NAME:
		a->filter.name = arg;
		return 0;
	case KEY_TYPE:
		a->filter.type = program_type(arg, state);
		return 0;
	case KEY_ID:
		a->filter.id = (uint32_t)number(arg, INT_MAX, "a program's number", state);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': there are options only", arg);
		return 0;
	case ARGP_KEY_END:
		if (a->format == FORMAT_JSON && a->count)
			argp_error(state, "--format json prints one object: --count is for text");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse_option,
	.doc = "Show what every BPF program on this machine costs, whoever loaded it: time, runs, "
	       "misses, memory of its maps, fill and drops of its rings, whose it is, and where it "
	       "hangs."
	       "\v"
	       "The kernel counts runs only while somebody asks for it, and so only while this "
	       "runs. `*`: maps are shared with other programs. `-`: not known, or there is none. "
	       "Keys: q ends, s sorts by the next column. Needs CAP_SYS_ADMIN.",
};

static int fail(int err)
{
	if (err == -EPERM)
		return cli_fail(WHAT,
				"run it with sudo, or give it CAP_SYS_ADMIN; in a container "
				"that is not enough: run it on the host",
				"listing the BPF programs of this machine needs CAP_SYS_ADMIN");
	if (err == -EMFILE || err == -ENFILE)
		return cli_fail(WHAT, "raise the limit: ulimit -n", "too many open files");
	if (err == -ENOMEM)
		return cli_fail(WHAT, NULL, "no memory");
	return cli_fail(WHAT, "skep doctor says what this kernel can do",
			"cannot list the BPF programs of this machine: %s", strerror(-err));
}

/* `skep top --format json`: a second look, and one object. */
static int print_once(struct top *top, const struct arguments *a)
{
	int err;

	/* Ctrl-C ends the interval, and what was counted until then is printed. */
	top_screen_wait(top->at_ns + (uint64_t)(a->delay * 1e9));
	err = top_look(top);
	if (err)
		return fail(err);
	err = top_print_json(stdout, top, &a->filter);
	return err && !ferror(stdout) ? fail(err) : EXIT_OK;
}

static int draw(const struct top *top, const struct arguments *a)
{
	struct top_page page;
	int err;

	top_screen_begin(&page);
	err = top_print(stdout, top, &a->filter, &page);
	if (err)
		return err;
	top_screen_end();
	return fflush(stdout) ? -EPIPE : 0;
}

/* Waits until the next look. 1: the end; 0: look; or -errno. */
static int wait_for_next(struct top *top, struct arguments *a, uint64_t at_ns)
{
	enum top_key key;
	int err = 0;

	while (!err) {
		key = top_screen_wait(at_ns);
		if (key == TOP_KEY_QUIT)
			return 1;
		if (key == TOP_KEY_NONE)
			return 0;
		if (key == TOP_KEY_SORT)
			a->filter.sort = top_sort_next(a->filter.sort);
		if (key == TOP_KEY_STOP) {
			top_stats_off(top);
			top_screen_stop();
			top_stats_on(top);
			return 0;
		}
		err = draw(top, a);
	}
	return err;
}

static int refresh(struct top *top, struct arguments *a, bool screen)
{
	uint64_t interval = (uint64_t)(a->delay * 1e9);
	uint64_t next = screen && interval > FIRST_NS ? FIRST_NS : interval;
	int err = 0;

	for (unsigned long n = 0; !err && (!a->count || n < a->count); n++) {
		err = wait_for_next(top, a, top->at_ns + next);
		if (!err)
			err = top_look(top);
		if (!err && n && !screen)
			putchar('\n');
		if (!err)
			err = draw(top, a);
		next = interval;
	}
	/* With --count the last table stays for its interval: nobody could read it otherwise. */
	if (!err && screen)
		err = wait_for_next(top, a, top->at_ns + interval);
	return err;
}

static int no_prints(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

int cmd_top(int argc, char **argv)
{
	struct arguments a = { .format = FORMAT_TEXT, .delay = 1, .filter.type = -1 };
	struct top top = { .stats_fd = -1 };
	int result = EXIT_OK, written, err = 0;
	bool screen;

	cli_parse(&argp, argc, argv, &a);
	/* What goes away while it is looked at is no news. */
	libbpf_set_print(no_prints);
	screen = a.format == FORMAT_TEXT && !a.batch && isatty(STDOUT_FILENO);
	top_stats_on(&top);
	/* Before the screen: a failure is a line on the one that was there. */
	err = top.stats_error == EMFILE || top.stats_error == ENFILE ? -top.stats_error
								     : top_look(&top);
	if (err) {
		top_free(&top);
		return fail(err);
	}
	top_screen_open(screen);
	if (a.format == FORMAT_JSON)
		result = print_once(&top, &a);
	else
		err = refresh(&top, &a, screen);
	top_screen_close();
	top_free(&top);
	written = cli_finish(stdout, "standard output");
	if (written != EXIT_OK)
		return written;
	return err < 0 ? fail(err) : result;
}
