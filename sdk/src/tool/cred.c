/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The cell that says what of credentials changed. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <skep/kernel.h>

#include "tool/tool.h"

#define NAMES_MOST 6 /* of more capabilities it is said how many there are */

/* What a struct skep_cred is made of: numbers of 4 bytes, and sets of 8. */
static const struct part {
	const char *name;
	size_t offset;
} ids[] = {
	{ "uid", offsetof(struct skep_cred, uid) },   { "euid", offsetof(struct skep_cred, euid) },
	{ "suid", offsetof(struct skep_cred, suid) }, { "fsuid", offsetof(struct skep_cred, fsuid) },
	{ "gid", offsetof(struct skep_cred, gid) },   { "egid", offsetof(struct skep_cred, egid) },
	{ "sgid", offsetof(struct skep_cred, sgid) }, { "fsgid", offsetof(struct skep_cred, fsgid) },
}, sets[] = {
	{ "inheritable", offsetof(struct skep_cred, cap_inheritable) },
	{ "permitted", offsetof(struct skep_cred, cap_permitted) },
	{ "effective", offsetof(struct skep_cred, cap_effective) },
	{ "bounding", offsetof(struct skep_cred, cap_bounding) },
	{ "ambient", offsetof(struct skep_cred, cap_ambient) },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint32_t id_in(const struct skep_cred *cred, const struct part *part)
{
	return *(const uint32_t *)((const char *)cred + part->offset);
}

static uint64_t set_in(const struct skep_cred *cred, const struct part *part)
{
	return *(const uint64_t *)((const char *)cred + part->offset);
}

/* A word, behind a space where it is not the first. */
static void add(struct skep_tool_buffer *text, const char *format, ...) SKEP_PRINTF(2, 3);

static void add(struct skep_tool_buffer *text, const char *format, ...)
{
	va_list args;

	if (text->used)
		skep_tool_buffer_add(text, " ", 1);
	va_start(args, format);
	skep_tool_buffer_print(text, format, args);
	va_end(args);
}

/* As "+net_raw"; "+7" where names would fill the screen. */
static void add_capabilities(struct skep_tool_buffer *text, char sign, uint64_t set)
{
	int count = __builtin_popcountll(set);

	if (count > NAMES_MOST) {
		add(text, "%c%d", sign, count);
		return;
	}
	for (unsigned int i = 0; i < 64; i++) {
		const char *name = skep_kernel_capability_name(i);

		if (!(set >> i & 1))
			continue;
		if (name)
			add(text, "%c%s", sign, name + strlen("cap_"));
		else
			add(text, "%ccap%u", sign, i);
	}
}

static void add_changes(struct skep_tool_buffer *text, const struct skep_cred *before,
			const struct skep_cred *after)
{
	for (size_t i = 0; i < COUNT(ids); i++)
		if (id_in(before, &ids[i]) != id_in(after, &ids[i]))
			add(text, "%s %u->%u", ids[i].name, id_in(before, &ids[i]),
			    id_in(after, &ids[i]));
	for (size_t i = 0; i < COUNT(sets); i++) {
		uint64_t was = set_in(before, &sets[i]), is = set_in(after, &sets[i]);

		if (was != is)
			add(text, "%s", sets[i].name);
		add_capabilities(text, '+', is & ~was);
		add_capabilities(text, '-', was & ~is);
	}
	if (before->user_ns != after->user_ns)
		add(text, "userns %u->%u", before->user_ns, after->user_ns);
	if (before->securebits != after->securebits)
		add(text, "securebits %#x->%#x", before->securebits, after->securebits);
}

void skep_tool_cred(struct skep_tool *tool, const struct skep_cred *before,
		    const struct skep_cred *after)
{
	struct skep_tool_buffer text = { 0 };

	if (before && after)
		add_changes(&text, before, after);
	if (text.failed && tool)
		skep_tool_wrong(tool, ENOMEM, "no memory for a row");
	if (text.used)
		skep_tool_text(tool, text.data, text.used);
	else
		skep_tool_none(tool);
	skep_tool_buffer_free(&text);
}
