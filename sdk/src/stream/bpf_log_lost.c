/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What of an object's messages was lost, counted by its programs, and told by messages of our own. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <skep/ring.h>

#include "bpf_log.h"

#define TELL_EVERY UINT64_C(1000000000) /* ns: what was lost is told no more often */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t skep_bpf_log_dropped(const struct skep_bpf_log *log)
{
	struct skep_ring_stats stats;

	skep_ring_stats(log->ring, &stats);
	return stats.dropped;
}

static void tell(struct skep_bpf_log *log, const char *file, unsigned int line, uint64_t time_ns)
{
	struct skep_bpf_message message = {
		.level = SKEP_LOG_WARN,
		.file = file,
		.line = line,
		.time_ns = time_ns,
		.text = skep_bpf_log_finish(&log->text),
	};

	skep_bpf_log_deliver(log, &message);
}

uint64_t skep_bpf_log_suppressed(const struct skep_bpf_log *log,
				 const struct skep_bpf_log_site *site)
{
	const struct skep_log_count *count;

	if (!site->has_count || site->count_offset % 8 ||
	    site->count_offset + sizeof(*count) > log->section_bytes)
		return 0;
	count = (const void *)(log->section + site->count_offset);
	return __atomic_load_n(&count->suppressed, __ATOMIC_RELAXED);
}

const char *skep_bpf_log_file(const struct skep_bpf_log_site *site, char file[SKEP_BPF_LOG_FILE])
{
	snprintf(file, SKEP_BPF_LOG_FILE, "%.*s", site->file_length, site->file);
	return file;
}

static void tell_suppressed(struct skep_bpf_log *log, struct skep_bpf_log_site *site, uint64_t now)
{
	uint64_t all = skep_bpf_log_suppressed(log, site), more = all - site->told;
	char file[SKEP_BPF_LOG_FILE];

	if (!more)
		return;
	site->told = all;
	skep_bpf_log_begin(&log->text);
	skep_bpf_log_addf(&log->text, "%llu more message%s of %.60s:%u suppressed, as of: ",
			  (unsigned long long)more, more == 1 ? "" : "s",
			  skep_bpf_log_file(site, file), site->line);
	skep_bpf_log_add_foreign(&log->text, site->format, strlen(site->format));
	tell(log, file, site->line, now);
}

/* What was lost since it was told last. */
static void tell_lost(struct skep_bpf_log *log, uint64_t now)
{
	uint64_t all = skep_bpf_log_dropped(log), more = all - log->told_dropped;

	log->told_ns = now;
	if (more) {
		log->told_dropped = all;
		skep_bpf_log_begin(&log->text);
		skep_bpf_log_addf(&log->text, "%llu message%s lost: the ring %s was full",
				  (unsigned long long)more, more == 1 ? "" : "s",
				  SKEP_BPF_LOG_RING);
		tell(log, "", 0, now);
	}
	for (size_t i = 0; i < log->sites.count; i++)
		tell_suppressed(log, &log->sites.all[i], now);
}

void skep_bpf_log_tell_all(struct skep_bpf_log *log)
{
	tell_lost(log, now_ns());
}

void skep_bpf_log_tell(struct skep_bpf_log *log)
{
	uint64_t now = now_ns();

	if (!log->busy && now - log->told_ns >= TELL_EVERY)
		tell_lost(log, now);
}

void skep_bpf_log_tell_bad(struct skep_bpf_log *log, const struct skep_log_head *head, size_t bytes)
{
	log->bad++;
	skep_bpf_log_begin(&log->text);
	if (bytes < sizeof(*head))
		skep_bpf_log_addf(&log->text, "a message of %zu bytes, which is none", bytes);
	else
		skep_bpf_log_addf(&log->text,
				  "a message of %zu bytes that this object does not know: type %u",
				  bytes, head->site);
	tell(log, "", 0, now_ns());
}

void skep_bpf_log_start_counting(struct skep_bpf_log *log)
{
	log->told_ns = now_ns();
	log->told_dropped = skep_bpf_log_dropped(log);
	for (size_t i = 0; i < log->sites.count; i++)
		log->sites.all[i].told = skep_bpf_log_suppressed(log, &log->sites.all[i]);
}
