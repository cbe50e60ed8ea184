/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whether a template can run here: what it needs is tried. */
#include "templates.h"

#include <stdio.h>
#include <string.h>

#include <skep/kernel.h>

#define SKEP_FIRST_KERNEL (5U << 16 | 8U << 8) /* that skep runs on */

/* The ability that skep doctor calls so; a number that is none where there is no such. */
static enum skep_ability ability_of(const char *name, size_t length)
{
	int i = 0;

	for (; i <= SKEP_CAN_SECURITYFS; i++) {
		const char *known = skep_kernel_finding((enum skep_ability)i)->name;

		if (strlen(known) == length && !strncmp(known, name, length))
			break;
	}
	return (enum skep_ability)i;
}

/* "this kernel has no kprobes (CONFIG_KPROBES is not set)", shorter: skep doctor tells the rest. */
static const char *shorten(const char *why)
{
	static char text[160];
	const char *end = strstr(why, " (");

	if (!end)
		end = strstr(why, ", and ");
	snprintf(text, sizeof(text), "%.*s", end ? (int)(end - why) : (int)strlen(why), why);
	return text;
}

/* What the kernel lacks says more than what this user may not. */
static void explain(struct template_answer *answer, const char *why)
{
	bool is_privilege = strstr(why, " lacks CAP_") != NULL;

	if (answer->why && (is_privilege || !answer->needs_root))
		return;
	answer->why = shorten(why);
	answer->needs_root = is_privilege;
}

static void ask_ability(enum skep_ability ability, struct template_answer *answer)
{
	const struct skep_finding *finding = skep_kernel_finding(ability);

	if (finding->since > answer->since)
		answer->since = finding->since;
	if (finding->answer == SKEP_UNKNOWN)
		answer->unknown = true;
	else if (finding->answer == SKEP_NO)
		explain(answer, finding->why);
}

/* A name of the kernel's headers: by its version, for a helper is only there in some programs. */
static void ask_since(const char *name, struct template_answer *answer)
{
	static char why[96];
	uint32_t since = skep_kernel_since(name);

	if (!since)
		answer->unknown = true;
	if (since > answer->since)
		answer->since = since;
	if (since <= skep_kernel_version() || (answer->why && !answer->needs_root))
		return;
	snprintf(why, sizeof(why), "%s came with Linux %u.%u", name, since >> 16,
		 since >> 8 & 0xff);
	answer->why = why;
	answer->needs_root = false;
}

void templates_ask(const struct template_entry *entry, struct template_answer *answer)
{
	const char *at = entry->needs;

	*answer = (struct template_answer){ .since = SKEP_FIRST_KERNEL };
	while (*at) {
		size_t length = strcspn(at, ";");
		enum skep_ability ability = ability_of(at, length);
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)length, at);
		if (ability > SKEP_CAN_SECURITYFS)
			ask_since(name, answer);
		else
			ask_ability(ability, answer);
		at += length;
		at += strspn(at, "; ");
	}
}
