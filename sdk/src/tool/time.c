/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What time it was. */
#include <string.h>
#include <time.h>

#include "tool/tool.h"

#define SECOND 1000000000

void skep_tool_when(const struct skep_tool *tool, struct timespec *when)
{
	struct timespec mono;
	int64_t ago, at;

	clock_gettime(CLOCK_REALTIME, when);
	if (!tool->when_ns)
		return;
	clock_gettime(CLOCK_MONOTONIC, &mono);
	ago = (int64_t)((uint64_t)(mono.tv_sec * SECOND + mono.tv_nsec) - tool->when_ns);
	at = when->tv_sec * SECOND + when->tv_nsec;
	/* What nobody's clock had is shown as the beginning of time. */
	if (__builtin_sub_overflow(at, ago, &at) || at < 0)
		at = 0;
	when->tv_sec = at / SECOND;
	when->tv_nsec = at % SECOND;
}

/* Most rows have the second of the row before. */
const char *skep_tool_clock(struct skep_tool *tool, const struct timespec *when)
{
	struct tm tm;

	if (tool->clock[0] && tool->clock_second == when->tv_sec)
		return tool->clock;
	if (!localtime_r(&when->tv_sec, &tm) ||
	    strftime(tool->clock, sizeof(tool->clock), "%H:%M:%S", &tm) != 8)
		strcpy(tool->clock, "--:--:--");
	tool->clock_second = when->tv_sec;
	return tool->clock;
}

json_t *skep_tool_json_time(const struct timespec *when)
{
	char second[32] = "";
	struct tm tm;

	if (!gmtime_r(&when->tv_sec, &tm) ||
	    !strftime(second, sizeof(second), "%Y-%m-%dT%H:%M:%S", &tm))
		return json_null();
	return json_sprintf("%s.%06ldZ", second, when->tv_nsec / 1000);
}
