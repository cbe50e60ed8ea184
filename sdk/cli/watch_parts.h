/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the parts of watch_*.c hand on. */
#ifndef SKEP_CLI_WATCH_PARTS_H
#define SKEP_CLI_WATCH_PARTS_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "watch_bpf.h"

#define WATCH_REFUSALS_MOST 256
#define WATCH_BYTES_MOST    ((size_t)256 << 20) /* of all that is kept */
#define WATCH_LOG_MOST      ((size_t)16 << 20)  /* of one log: of longer ones, the two ends */
#define WATCH_NAME_MOST     128

/* A bpf(2) that a task is in. */
struct watch_call {
	pid_t tid;
	enum watch_cmd cmd;
	uint64_t attr;
	uint32_t size;
};

/* How much a refused program looks like one that only asks what the kernel can do. */
enum watch_look {
	WATCH_REAL,
	WATCH_TINY,  /* a few instructions without a name: its log decides */
	WATCH_PROBE, /* refused on purpose, or whenever the kernel lacks something */
};

/* A call that the kernel refused, with all that it takes to do it again. */
struct watch_refusal {
	enum watch_cmd cmd;
	int error; /* positive */
	pid_t pid;
	unsigned uid;               /* effective */
	char name[WATCH_NAME_MOST]; /* of the program, map or hook; "" where it has none */
	char target[64];            /* what it shall be attached to, where that has a name */
	uint64_t key;               /* the same for the same thing */
	enum watch_look look;
	bool copied;            /* whether `attr` is complete, so that it can be done again */
	union watch_attr attr;  /* its pointers are ours, where `copied` */
	struct bpf_insn *insns; /* with our fds */
	char *license;
	void *func_info, *line_info, *core_relos, *signature, *btf;
	int *fd_array;
	int *fds; /* what is open for it */
	size_t fd_count;
	char *log; /* what the command got, terminated; NULL: nothing */
	size_t log_bytes;
	bool log_whole; /* it was not cut off, and is about what was verified */
	size_t bytes;   /* of all the above */
};

struct watch_refusals {
	struct watch_refusal *at[WATCH_REFUSALS_MOST];
	size_t count, bytes;
	unsigned long lost;          /* that there was no room for */
	unsigned long accepted;      /* programs, probes too */
	struct watch_refusal *probe; /* the last that looks like a probe */
	unsigned long probes;        /* different ones, so to speak */
};

/* watch_read.c: from the memory of a task. How many bytes could be read, from the first on. */
size_t watch_read(pid_t tid, uint64_t from, void *to, size_t bytes);
/* The same in memory of its own; NULL when not all of it could be read. */
void *watch_read_copy(pid_t tid, uint64_t from, size_t bytes);
/* A text of at most `most` bytes. The two ends of longer ones; NULL when there is none. */
char *watch_read_text(pid_t tid, uint64_t from, size_t most, size_t *bytes);
/* The process that a task belongs to; the task itself where unknown. */
pid_t watch_process_of(pid_t tid);
unsigned watch_user_of(pid_t tid);
/* Who traces it; 0: nobody. */
pid_t watch_tracer_of(pid_t tid);

/* watch_capture.c: after a call failed, while its task is stopped. NULL: nothing to keep. */
struct watch_refusal *watch_capture(const struct watch_call *call, int error);
void watch_refusal_free(struct watch_refusal *refusal);
/* The key of what a call that succeeded was about; 0 when it could not be read. */
uint64_t watch_key(const struct watch_call *call);
uint64_t watch_program_key(const struct watch_prog_load *load, const struct bpf_insn *insns);
uint64_t watch_map_key(const struct watch_map_create *map);
uint64_t watch_btf_key(const struct watch_btf_load *load, const void *btf);

/* watch_fds.c: opens here what the program's file descriptors are in its process. */
int watch_fds_copy(struct watch_refusal *refusal, pid_t tid, pid_t pid);
/* The name of a program of another process; "" where it is not known. Whether it only returns. */
bool watch_fds_program_name(pid_t tid, pid_t pid, int fd, char *name, size_t room);

/* watch_probe.c */
enum watch_look watch_look_at(const struct watch_prog_load *load, const struct bpf_insn *insns);
bool watch_is_probe_name(const char *name);
/* Whether a log says no more than that the kernel lacks something. */
bool watch_says_unsupported(const char *log);

/* watch_list.c */
void watch_refusals_add(struct watch_refusals *list, struct watch_refusal *refusal);
void watch_refusals_succeeded(struct watch_refusals *list, const struct watch_call *call);
void watch_refusals_free(struct watch_refusals *list);

/*
 * watch_ask.c: does it again, for a log. 0 when it is accepted, else a negative errno; `log` is
 * then the caller's to free, and NULL where there is none.
 */
int watch_ask(const struct watch_refusal *refusal, unsigned level, char **log, size_t *bytes);

/* watch_btf.c: completes the name, and adds files and line numbers to a log where it has none. */
void watch_btf_use(struct watch_refusal *refusal, char **log, size_t *bytes);
struct btf;
/* That of a program, for the caller to free; NULL, and the kernel's number of it; 0: it has none. */
struct btf *watch_btf_read(const struct watch_refusal *refusal);
uint32_t watch_btf_id(const struct watch_refusal *refusal);

/* watch_examine.c: a refusal explained, as well as it can be. */
struct skep_explanation;
struct show;
struct watch_answer {
	char *log; /* the best there is, ours; NULL: none */
	size_t bytes;
	size_t diagnostics; /* that it explains */
	bool accepted;      /* when it was done again */
	bool forbidden;     /* it was not permitted to us either */
};

void watch_examine(struct watch_refusal *refusal, const struct show *show,
		   struct watch_answer *answer);

/*
 * watch_start.c: the command, stopped before it begins; a negative errno where it cannot be
 * watched. It tells on `reports` how that went.
 */
#define WATCH_FILTER_MARK 0x5ee9 /* our stops have it, not those of a filter of the command's */

struct watch_report {
	int error; /* positive */
	bool of_filter;
	bool no_new_privileges;
};

struct watch_start {
	pid_t pid;
	int reports;
};

int watch_start(struct watch_start *start, char **command);

/* watch_trace.c: goes on until nothing is left to watch, or `leave` says so. */
struct watch {
	pid_t pid; /* of the command */
	bool begun, ended;
	int status;     /* as of waitpid(), once it ended */
	bool left_over; /* what it started goes on */
	bool quiet;     /* nothing is kept any more */
	pid_t stop_too; /* who stops when the command is stopped by the terminal; or 0 */
	void (*on_end)(struct watch *watch);
	struct watch_refusals refusals;
	struct watch_task *tasks;
	size_t task_count, task_room;
};

/* Until the command has ended and nothing of it is left, or for a second longer. */
void watch_trace(struct watch *watch);
/* Lets what is left go on, which needs us: to the end of it. */
void watch_trace_rest(struct watch *watch);
/* Some of what is left; 0: nothing. */
pid_t watch_left_over(const struct watch *watch);

/* watch_signals.c: those sent to us are the command's. */
void watch_signals_take(void);                /* before anything is started */
void watch_signals_restore(void);             /* in the command's process */
void watch_signals_ignore(void);              /* in the one that traces */
void watch_signals_forward(pid_t pid);        /* in the first one; 0: to nobody any more */
_Noreturn void watch_signals_die(int number); /* as the command did */

/* watch_report.c: says what was refused. An exit code: EXIT_OK where nothing was. */
int watch_report(const char *what, const struct show *show, const char *output,
		 struct watch_refusals *list, bool failed);

/* watch_words.c: what has no log, in words. */
void watch_describe(const struct watch_refusal *refusal, char *text, size_t room);
const char *watch_hint(const struct watch_refusal *refusal, bool forbidden_to_us);

#endif
