/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sampling: which events are opened, for which processors or threads. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/perf_event.h>

#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "base/opts.h"
#include "kernel/facts.h"
#include "perf_event.h"
#include "perf_link.h"

#define ONLINE            "/sys/devices/system/cpu/online"
#define DEFAULT_FREQUENCY 99 /* not in step with anything that happens a hundred times a second */

static const struct {
	const char *name;
	uint32_t type;
	uint64_t config;
	bool often; /* so many that each of them is no sensible default */
} events[] = {
	[SKEP_PERF_CPU_CLOCK] = { "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, true },
	[SKEP_PERF_TASK_CLOCK] = { "task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK,
				   true },
	[SKEP_PERF_PAGE_FAULTS] = { "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS,
				    false },
	[SKEP_PERF_CONTEXT_SWITCHES] = { "context-switches", PERF_TYPE_SOFTWARE,
					 PERF_COUNT_SW_CONTEXT_SWITCHES, false },
	[SKEP_PERF_CPU_MIGRATIONS] = { "cpu-migrations", PERF_TYPE_SOFTWARE,
				       PERF_COUNT_SW_CPU_MIGRATIONS, false },
	[SKEP_PERF_CYCLES] = { "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, true },
	[SKEP_PERF_INSTRUCTIONS] = { "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS,
				     true },
	[SKEP_PERF_CACHE_REFERENCES] = { "cache-references", PERF_TYPE_HARDWARE,
					 PERF_COUNT_HW_CACHE_REFERENCES, true },
	[SKEP_PERF_CACHE_MISSES] = { "cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES,
				     true },
	[SKEP_PERF_BRANCHES] = { "branches", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS,
				 true },
	[SKEP_PERF_BRANCH_MISSES] = { "branch-misses", PERF_TYPE_HARDWARE,
				      PERF_COUNT_HW_BRANCH_MISSES, true },
	[SKEP_PERF_RAW] = { "raw event", 0, 0, true },
};

#define EVENTS (sizeof(events) / sizeof(events[0]))

/* What was asked for, and what it became. */
struct request {
	const struct skep_program *program;
	struct perf_event_attr attr;
	const char *name;
	uint64_t cookie;
	int pid;
	bool children;
	bool only_cpu;
	int cpu;
};

static int check(const struct skep_program *program, const struct skep_perf_event_opts *opts)
{
	enum skep_perf_event event = SKEP_OPT(opts, event);
	const char *wrong = NULL;

	if ((size_t)event >= EVENTS)
		return skep_fail(EINVAL, "%d is not an enum skep_perf_event", (int)event);
	if (SKEP_OPT(opts, frequency) && SKEP_OPT(opts, period))
		wrong = "it is either .frequency or .period";
	else if (SKEP_OPT(opts, pid) < 0)
		wrong = "the pid is negative";
	else if (SKEP_OPT(opts, children) && !SKEP_OPT(opts, pid))
		wrong = ".children belongs to a .pid";
	else if (SKEP_OPT(opts, only_cpu) && SKEP_OPT(opts, cpu) < 0)
		wrong = "the number of the processor is negative";
	else if (SKEP_OPT(opts, cpu) && !SKEP_OPT(opts, only_cpu))
		wrong = ".cpu counts with .only_cpu";
	else if ((SKEP_OPT(opts, type) || SKEP_OPT(opts, config)) && event != SKEP_PERF_RAW)
		wrong = ".type and .config go with SKEP_PERF_RAW";
	else if (SKEP_OPT(opts, no_user) && SKEP_OPT(opts, no_kernel))
		wrong = "neither in user space nor in the kernel is nowhere";
	else if (event == SKEP_PERF_RAW && SKEP_OPT(opts, type) == PERF_TYPE_TRACEPOINT)
		wrong = "tracepoints are for SEC(\"tp\"), and skep_attach_tracepoint()";
	return wrong ? skep_fail(EINVAL, "cannot attach program '%s' to a perf event: %s",
				 skep_program_name(program), wrong)
		     : 0;
}

static void describe(struct request *request, const struct skep_perf_event_opts *opts)
{
	enum skep_perf_event event = SKEP_OPT(opts, event);
	struct perf_event_attr *attr = &request->attr;

	attr->size = sizeof(*attr);
	attr->type = event == SKEP_PERF_RAW ? SKEP_OPT(opts, type) : events[event].type;
	attr->config = event == SKEP_PERF_RAW ? SKEP_OPT(opts, config) : events[event].config;
	attr->disabled = 1;
	attr->inherit = SKEP_OPT(opts, children);
	attr->exclude_user = SKEP_OPT(opts, no_user);
	attr->exclude_kernel = SKEP_OPT(opts, no_kernel);
	if (SKEP_OPT(opts, period)) {
		attr->sample_period = SKEP_OPT(opts, period);
	} else if (SKEP_OPT(opts, frequency) || events[event].often) {
		attr->freq = 1;
		attr->sample_freq =
			SKEP_OPT(opts, frequency) ? SKEP_OPT(opts, frequency) : DEFAULT_FREQUENCY;
	} else {
		attr->sample_period = 1;
	}
	request->name = events[event].name;
	request->cookie = SKEP_OPT(opts, cookie);
	request->pid = SKEP_OPT(opts, pid) ? SKEP_OPT(opts, pid) : -1;
	request->children = SKEP_OPT(opts, children);
	request->only_cpu = SKEP_OPT(opts, only_cpu);
	request->cpu = request->only_cpu ? SKEP_OPT(opts, cpu) : -1;
}

static int refuse_frequency(const struct request *request)
{
	long most = 0;

	if (!request->attr.freq || skep_kernel_sysctl("kernel.perf_event_max_sample_rate", &most) ||
	    most <= 0 || request->attr.sample_freq <= (uint64_t)most)
		return 0;
	return skep_fail_hint(
		skep_fail(EINVAL,
			  "cannot attach program '%s' to %s: %llu samples a second are "
			  "more than the %ld that this kernel allows",
			  skep_program_name(request->program), request->name,
			  (unsigned long long)request->attr.sample_freq, most),
		"ask for less, or raise kernel.perf_event_max_sample_rate");
}

static int refuse_processor(const struct request *request)
{
	char online[128] = "";
	int err = skep_fail(ENODEV, "cannot attach program '%s' to %s: processor %d is not online",
			    skep_program_name(request->program), request->name, request->cpu);

	if (skep_kernel_read(ONLINE, online, sizeof(online)))
		return err;
	return skep_fail_hint(err, "online are: %s", online);
}

static int refuse_counter(const struct request *request)
{
	return skep_fail_hint(
		skep_fail(EOPNOTSUPP,
			  "cannot attach program '%s' to %s: this machine has no such "
			  "counter%s",
			  skep_program_name(request->program), request->name,
			  request->attr.type == PERF_TYPE_HARDWARE
				  ? ": its processor shows none to the kernel, as in "
				    "many virtual machines"
				  : ""),
		"use SKEP_PERF_CPU_CLOCK, which every machine has");
}

static int refuse(const struct request *request, int err)
{
	const char *program = skep_program_name(request->program);
	bool counter = request->attr.type != PERF_TYPE_SOFTWARE;
	int said = skep_perf_refuse(request->program, err, request->cookie);

	if (!said && err == -EINVAL)
		said = refuse_frequency(request);
	if (!said && err == -ENOENT && access(ONLINE, R_OK))
		said = skep_fail_hint(skep_fail(EOPNOTSUPP,
						"cannot attach program '%s' to %s: " ONLINE
						", which tells the processors, cannot be read",
						program, request->name),
				      "mount -t sysfs sysfs /sys");
	if (said)
		return said;
	if (err == -ESRCH)
		return skep_fail_hint(skep_fail(ESRCH,
						"cannot attach program '%s' to %s: there is "
						"no process %d",
						program, request->name, request->pid),
				      "it may have ended: `ls /proc` shows those there are");
	if (request->only_cpu && (err == -ENODEV || err == -EINVAL))
		return refuse_processor(request);
	if (counter && (err == -ENOENT || err == -EOPNOTSUPP || err == -ENODEV || err == -ENXIO))
		return refuse_counter(request);
	if (err == -EBUSY)
		return skep_fail_hint(skep_fail(EBUSY,
						"cannot attach program '%s' to %s: the "
						"hardware's counters are all in use",
						program, request->name),
				      "stop others that count, or use SKEP_PERF_CPU_CLOCK");
	return skep_attach_refuse(request->program, err, NULL, request->name);
}

static int add(struct skep_perf_link *link, const struct request *request, int pid, int cpu)
{
	int event = skep_perf_open(&request->attr, pid, cpu);

	if (event < 0)
		return event;
	return skep_perf_link_add(link, event, skep_program_fd(request->program), request->cookie);
}

/* Who goes away meanwhile is none that is missed, as long as somebody is left. */
static int add_all(struct skep_perf_link *link, const struct request *request,
		   const struct skep_numbers *numbers)
{
	bool threads = request->pid > 0;
	int gone = threads ? -ESRCH : -ENODEV, err = 0;

	for (size_t i = 0; !err && i < numbers->count; i++) {
		err = threads ? add(link, request, numbers->list[i], request->cpu)
			      : add(link, request, -1, numbers->list[i]);
		if (err == gone)
			err = 0;
	}
	return err || link->count ? err : gone;
}

static int open_events(struct skep_perf_link *link, const struct request *request)
{
	__attribute__((cleanup(skep_numbers_free))) struct skep_numbers numbers = { 0 };
	int err;

	if (request->pid > 0)
		err = skep_numbers_threads(&numbers, request->pid);
	else if (request->only_cpu)
		return add(link, request, -1, request->cpu);
	else
		err = skep_numbers_cpus(&numbers);
	return err ? err : add_all(link, request, &numbers);
}

int skep_attach_perf_event(struct skep_link **out, const struct skep_program *program,
			   const struct skep_perf_event_opts *opts)
{
	struct request request = { .program = program };
	AUTO_PERF *link = NULL;
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_attach_need(program, BPF_PROG_TYPE_PERF_EVENT, "perf_event");
	if (!err)
		err = check(program, opts);
	if (err)
		return err;
	describe(&request, opts);
	link = skep_perf_link_new(false);
	if (!link)
		return skep_perf_refuse(program, -ENOMEM, 0);
	err = open_events(link, &request);
	return err ? refuse(&request, err) : skep_perf_link_finish(out, &link, "perf event");
}
