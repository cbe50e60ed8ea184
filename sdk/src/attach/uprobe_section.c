/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* SEC("uprobe/BINARY:SYMBOL+OFFSET"), SEC("uprobe.multi/BINARY:PATTERN"). */
#include "uprobe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "base/fail.h"
#include "object/object.h"

static int malformed(const struct skep_program *program, const char *form)
{
	return skep_fail_hint(skep_fail(EINVAL,
					"program '%s': the section %s does not say where to",
					bpf_program__name(program->prog),
					bpf_program__section_name(program->prog)),
			      "write it as SEC(\"%s\")", form);
}

/* "0x10" or "16", and nothing behind it. */
static bool parse_number(const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	if (*text < '0' || *text > '9')
		return false;
	*number = strtoull(text, &end, 0);
	return !*end && !errno;
}

static int attach_one(struct skep_link **out, const struct skep_program *program,
		      const char *binary, char *symbol)
{
	struct skep_uprobe_opts opts = { .sz = sizeof(opts), .symbol = symbol };
	char *plus = strchr(symbol, '+');

	if (parse_number(symbol, &opts.offset)) {
		opts.symbol = NULL;
	} else if (plus) {
		*plus = '\0';
		if (!parse_number(plus + 1, &opts.offset))
			return malformed(program, "uprobe/BINARY:SYMBOL+OFFSET");
	}
	return skep_attach_uprobe(out, program, binary, &opts);
}

int skep_attach_uprobe_section(struct skep_link **out, const struct skep_program *program,
			       const char *target)
{
	AUTO_FREE char *text = strdup(target);
	char *colon = text ? strrchr(text, ':') : NULL;

	if (!text)
		return skep_fail(ENOMEM, "no memory for the section's name");
	if (!colon)
		return -EDESTADDRREQ; /* no place, or a binary alone: without words */
	*colon = '\0';
	if (!*text || !colon[1])
		return malformed(program, "uprobe/BINARY:SYMBOL+OFFSET");
	if (skep_uprobe_is_multi(program) && strpbrk(colon + 1, "*?"))
		return skep_attach_uprobe_multi(
			out, program, text,
			SKEP_OPTS(skep_uprobe_multi_opts, .pattern = colon + 1));
	return attach_one(out, program, text, colon + 1);
}
