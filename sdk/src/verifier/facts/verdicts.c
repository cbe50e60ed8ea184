/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "verdicts.h"

bool skep_verdict_number(struct skep_span name, int64_t *number)
{
	static const struct {
		const char *name;
		int number;
	} verdicts[] = {
		{ "SK_DROP", 0 },       { "SK_PASS", 1 },           { "TC_ACT_UNSPEC", -1 },
		{ "TC_ACT_OK", 0 },     { "TC_ACT_RECLASSIFY", 1 }, { "TC_ACT_SHOT", 2 },
		{ "TC_ACT_PIPE", 3 },   { "TC_ACT_STOLEN", 4 },     { "TC_ACT_QUEUED", 5 },
		{ "TC_ACT_REPEAT", 6 }, { "TC_ACT_REDIRECT", 7 },   { "TC_ACT_TRAP", 8 },
		{ "XDP_ABORTED", 0 },   { "XDP_DROP", 1 },          { "XDP_PASS", 2 },
		{ "XDP_TX", 3 },        { "XDP_REDIRECT", 4 },      { "NF_DROP", 0 },
		{ "NF_ACCEPT", 1 },     { "NF_STOLEN", 2 },         { "NF_QUEUE", 3 },
		{ "BPF_OK", 0 },        { "BPF_DROP", 2 },          { "BPF_REDIRECT", 7 },
	};

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (skep_span_is(name, skep_span_of(verdicts[i].name))) {
			*number = verdicts[i].number;
			return true;
		}
	return false;
}
