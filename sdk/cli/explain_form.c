/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "explain_form.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* How many bytes a character has; 0 where the bytes are none: cut off, overlong, a surrogate. */
static size_t character(const unsigned char *at)
{
	size_t bytes = *at < 0x80 ? 1 : *at >= 0xf0 ? 4 : *at >= 0xe0 ? 3 : 2;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t value = *at & (0xff >> (bytes + 1));

	if (bytes == 1)
		return 1;
	if (*at < 0xc2 || *at > 0xf4)
		return 0;
	for (size_t i = 1; i < bytes; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (at[i] & 0x3f);
	}
	if (value < least[bytes] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	return bytes;
}

char *form_utf8(const char *text)
{
	char *copy = malloc(3 * strlen(text) + 1), *to = copy;

	if (!copy)
		return NULL;
	while (*text) {
		size_t bytes = character((const unsigned char *)text);

		if (bytes)
			memcpy(to, text, bytes);
		else
			memcpy(to, REPLACEMENT, 3);
		to += bytes ? bytes : 3;
		text += bytes ? bytes : 1;
	}
	*to = 0;
	return copy;
}

json_t *form_text(const char *text)
{
	json_t *string;
	char *copy;

	if (!text)
		return json_null();
	string = json_string(text);
	if (string)
		return string;
	copy = form_utf8(text);
	string = copy ? json_string(copy) : NULL;
	free(copy);
	return string;
}

json_t *form_printf(const char *format, ...)
{
	json_t *string = NULL;
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) >= 0) {
		string = form_text(text);
		free(text);
	}
	va_end(args);
	return string;
}

int form_dump(json_t *object, FILE *out)
{
	int err = object ? json_dumpf(object, out, JSON_INDENT(2)) : -1;

	json_decref(object);
	if (!err)
		fputc('\n', out);
	return err;
}

/* Works `.` and `..` out, in place; what goes above the beginning stays there. */
static void normalise(char *path)
{
	bool absolute = *path == '/';
	char *to = path + absolute, *floor = to;

	for (char *from = path; *from;) {
		size_t n = strcspn(from, "/");

		if (n == 2 && !memcmp(from, "..", 2) && to > floor) {
			while (to > floor && *--to != '/')
				;
		} else if (n && !(n == 1 && *from == '.') &&
			   !(n == 2 && absolute && !memcmp(from, "..", 2))) {
			if (to > path + absolute)
				*to++ = '/';
			memmove(to, from, n);
			if (n == 2 && !memcmp(to, "..", 2))
				floor = to + n;
			to += n;
		}
		from += n;
		from += strspn(from, "/");
	}
	*to = 0;
}

char *form_path(const struct show *show, const char *file)
{
	const char *folder = show->source_dir ? show->source_dir : ".";
	char *path = NULL, *here;
	size_t length;

	if (asprintf(&path, "%s%s%s", *file == '/' ? "" : folder, *file == '/' ? "" : "/", file) <
	    0)
		return NULL;
	normalise(path);
	here = get_current_dir_name();
	length = here ? strlen(here) : 0;
	if (length && !strncmp(path, here, length) && path[length] == '/')
		memmove(path, path + length + 1, strlen(path + length + 1) + 1);
	free(here);
	return path;
}

char *form_uri(const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";
	char *uri = malloc(3 * strlen(path) + 1), *to = uri;

	for (; uri && *path; path++) {
		if (strchr(plain, *path))
			*to++ = *path;
		else
			to += sprintf(to, "%%%02X", (unsigned char)*path);
	}
	if (uri)
		*to = 0;
	return uri;
}
