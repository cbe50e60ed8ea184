/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "hooks.h"

#include <skep/error.h>
#include <sys/utsname.h>

#include "harness/machine.h"
#include "harness/test.h"

#define COLUMNS 6

/* Of the row: host:6.18, 6.1, 6.12, newest, 6.1-arm64. 0: a machine that the table does not know. */
static int column(void)
{
	struct utsname name;

	if (uname(&name))
		fail_msg("cannot read the kernel's version");
	if (!getenv("SKEP_TEST_VM"))
		return strncmp(name.release, "6.18.", 5) == 0 ? 1 : 0;
	if (strcmp(name.machine, "x86_64") != 0)
		return strcmp(name.machine, "aarch64") == 0 && strncmp(name.release, "6.1.", 4) == 0
			       ? 5
			       : 0;
	if (strncmp(name.release, "6.1.", 4) == 0)
		return 2;
	return strncmp(name.release, "6.12.", 5) == 0 ? 3 : 4;
}

/* The cell of this kernel; false where the table does not know the machine. */
static bool look_up(const char *hook, char *cell, size_t size)
{
	FILE *table = fopen(test_file("hooks.tsv"), "re");
	char line[1024];
	bool found = false;

	if (!table)
		fail_msg("cannot read hooks.tsv");
	while (!found && fgets(line, sizeof(line), table)) {
		char *fields[COLUMNS] = { NULL }, *rest = line;

		line[strcspn(line, "\n")] = '\0';
		for (int i = 0; i < COLUMNS; i++)
			fields[i] = strsep(&rest, "\t");
		if (*line == '#' || strcmp(fields[0], hook) != 0)
			continue;
		if (!fields[COLUMNS - 1])
			fail_msg("hooks.tsv: the row of %s is short", hook);
		snprintf(cell, size, "%s", fields[column()]);
		found = true;
	}
	fclose(table);
	if (!found)
		fail_msg("hooks.tsv has no row for %s", hook);
	return column() != 0;
}

bool hook_fires(const char *hook)
{
	char cell[512];

	return !look_up(hook, cell, sizeof(cell)) || strcmp(cell, "fires") == 0;
}

static const char *said(int err)
{
	return err && skep_error_last()->message ? skep_error_last()->message : "";
}

static void expect_refusal(const char *hook, const char *cell, int err)
{
	const char *text = strstr(cell, ": ");
	char code[32];

	if (!text)
		fail_msg("hooks.tsv: %s: not `fires` nor `ERRNO: text`: %s", hook, cell);
	snprintf(code, sizeof(code), "%.*s", (int)(text - cell), cell);
	if (!err)
		fail_msg("%s: expected to be refused here (%s), and is not", hook, cell);
	if (!strerrorname_np(-err) || strcmp(strerrorname_np(-err), code) != 0)
		fail_msg("%s: %s, expected %s: %s", hook, strerrorname_np(-err), code, said(err));
	if (!strstr(said(err), text + 2))
		fail_msg("%s: expected \"%s\", not: %s", hook, text + 2, said(err));
}

void hook_expect(const char *hook, int err, uint64_t fired)
{
	char cell[512];

	if (!look_up(hook, cell, sizeof(cell))) {
		/* Nothing is known: it works, or says why not. */
		if (err ? !*said(err) : !fired)
			fail_msg("%s: %d, and fired %llu times", hook, err,
				 (unsigned long long)fired);
	} else if (strcmp(cell, "fires") != 0) {
		expect_refusal(hook, cell, err);
	} else if (err) {
		fail_msg("%s: expected to fire here; refused with %d: %s", hook, err, said(err));
	} else if (!fired) {
		fail_msg("%s: attached, but never fired", hook);
	}
}
