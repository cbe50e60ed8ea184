/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What was refused, each thing once: loaders try again, with a log, or in another way. */
#include "watch_parts.h"

#include <stdlib.h>
#include <string.h>

static void remove_at(struct watch_refusals *list, size_t i)
{
	list->bytes -= list->at[i]->bytes;
	watch_refusal_free(list->at[i]);
	list->count--;
	memmove(&list->at[i], &list->at[i + 1], (list->count - i) * sizeof(list->at[0]));
}

/* The last try is told of, but a whole log is not given up for none. */
static void replace(struct watch_refusals *list, size_t i, struct watch_refusal *refusal)
{
	struct watch_refusal *old = list->at[i];

	if (old->log_whole && !refusal->log_whole) {
		watch_refusal_free(refusal);
		return;
	}
	list->bytes += refusal->bytes - old->bytes;
	watch_refusal_free(old);
	list->at[i] = refusal;
}

void watch_refusals_add(struct watch_refusals *list, struct watch_refusal *refusal)
{
	if (refusal->look == WATCH_PROBE) {
		if (!list->probe || list->probe->key != refusal->key)
			list->probes++;
		watch_refusal_free(list->probe);
		list->probe = refusal;
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (list->at[i]->key == refusal->key && list->at[i]->cmd == refusal->cmd) {
			replace(list, i, refusal);
			return;
		}
	}
	if (list->count == WATCH_REFUSALS_MOST || list->bytes + refusal->bytes > WATCH_BYTES_MOST) {
		list->lost++;
		watch_refusal_free(refusal);
		return;
	}
	list->bytes += refusal->bytes;
	list->at[list->count++] = refusal;
}

void watch_refusals_succeeded(struct watch_refusals *list, const struct watch_call *call)
{
	uint64_t key = list->count ? watch_key(call) : 0;

	list->accepted += call->cmd == WATCH_PROG_LOAD;
	for (size_t i = 0; key && i < list->count; i++) {
		if (list->at[i]->key != key || list->at[i]->cmd != call->cmd)
			continue;
		remove_at(list, i);
		return;
	}
}

void watch_refusals_free(struct watch_refusals *list)
{
	while (list->count)
		remove_at(list, list->count - 1);
	watch_refusal_free(list->probe);
	list->probe = NULL;
}
