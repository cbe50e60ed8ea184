/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>
#include <skep/bpf/filter.h>
#include <skep/bpf/security.h>
#include "fileaudit.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF_VAR(events, struct open_event, PATH_BYTES, 1 << 20);
SKEP_SCRATCH(paths, struct skep_path);

const volatile char folder[PATH_BYTES]; /* without a slash at the end; "" is / */
const volatile __u32 folder_bytes;
const volatile struct skep_filter filter;

skep_lsm(file_open, struct file *file)
{
	long bytes = 0;

	if (!skep_file_is_writable(file) || !skep_filter_accepts(&filter))
		return SKEP_ALLOW;
	skep_scratch(&paths, p)
	{
		if (skep_path_file(p, file, SKEP_PATH_MARK) < 0 ||
		    !skep_path_is_below(p, folder, folder_bytes))
			break;
		skep_emit_var(ctx, &events, e, bytes) {
			bytes = skep_path_copy(e->path, PATH_BYTES, p) + 1;
			e->pid = skep_current_pid();
			e->uid = skep_current_uid();
			skep_current_comm(e->comm);
		}
	}
	return SKEP_ALLOW;
}
