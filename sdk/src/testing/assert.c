// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Failing a cmocka test in skep's words. */
#include <errno.h>
#include <string.h>

#include <skep/testing.h>

#define LOG_LINES 20 /* of a verifier's log: its end says why */

static const char *end_of(const char *log)
{
	const char *at = log + strlen(log);

	for (int lines = 0; at > log; at--)
		if (at[-1] == '\n' && at[0] && ++lines == LOG_LINES)
			break;
	return at;
}

static void print_words(int err)
{
	const struct skep_error *e = skep_error_last();

	/* The last error may be an older one: calls of others return errors as well. */
	if (e->code != -err)
		return;
	print_error("  %s\n", e->message);
	if (e->hint)
		print_error("  hint: %s\n", e->hint);
	if (e->log)
		print_error("%s\n", end_of(e->log));
}

void skep_test_assert_ok(int err, const char *call, const char *file, int line)
{
	if (!err)
		return;
	print_error("ERROR: %s returned %d (%s)\n", call, err,
		    err < 0 ? strerror(-err) : "not an error");
	print_words(err);
	_fail(file, line);
}

void skep_test_assert_error(int err, int code, const char *call, const char *file, int line)
{
	const struct skep_error *e = skep_error_last();

	if (err != -code) {
		print_error("ERROR: %s returned %d (%s), not -%d (%s)\n", call, err,
			    err < 0 ? strerror(-err) : "no error", code, strerror(code));
		print_words(err);
		_fail(file, line);
	} else if (e->code != code || !*e->message) {
		print_error("ERROR: %s returned %d (%s) but left no words in skep_error_last()\n",
			    call, err, strerror(code));
		_fail(file, line);
	}
}
