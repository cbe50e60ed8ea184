/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What perf calls uprobes on this kernel. */
#include "uprobe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/facts.h"

#define PMU "/sys/bus/event_source/devices/uprobe/"

int skep_uprobe_pmu(void)
{
	char text[32];
	int err = skep_kernel_read(PMU "type", text, sizeof(text));

	return err ? err : atoi(text);
}

/* "config:0": which bit says that it is for returns. */
uint64_t skep_uprobe_ret_bit(void)
{
	char text[32];

	if (skep_kernel_read(PMU "format/retprobe", text, sizeof(text)) ||
	    strncmp(text, "config:", 7) != 0)
		return 1;
	return 1ULL << (atoi(text + 7) & 63);
}
