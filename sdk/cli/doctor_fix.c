/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `skep doctor --fix`: mounts the kernel's file systems that are not mounted, each after it was
 * said and allowed. Nothing else is ever done.
 */
#include "cli.h"
#include "doctor.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static const enum skep_ability mounts[] = { SKEP_CAN_TRACEFS, SKEP_CAN_BPFFS, SKEP_CAN_CGROUP2 };

struct command {
	char text[256]; /* mount -t TYPE SOURCE TARGET */
	char type[32], source[32], target[128];
};

/* The remedy for what is not mounted is such a command; for what may not be read it is not. */
static bool read_command(const char *remedy, struct command *command)
{
	if (!remedy)
		return false;
	snprintf(command->text, sizeof(command->text), "%s", remedy);
	return sscanf(remedy, "mount -t %31s %31s %127s", command->type, command->source,
		      command->target) == 3;
}

/* What is below would be hidden: the older cgroups, for one. */
static bool is_in_use(const char *folder)
{
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	bool used = false;

	while (dir && !used && (entry = readdir(dir)))
		used = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	if (dir)
		closedir(dir);
	return used;
}

static bool is_allowed(const struct command *command, bool yes)
{
	char answer[16];

	printf("%s\n", command->text);
	if (yes)
		return true;
	if (!isatty(STDIN_FILENO))
		return false;
	printf("do it? [y/N] ");
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static int fail(const struct command *command, int code)
{
	const char *hint = NULL;

	if (code == EPERM || code == EACCES)
		hint = "run it with sudo; in a container only who started it can mount";
	else if (code == ENODEV)
		hint = "this kernel does not have that file system";
	else if (code == ENOENT)
		hint = "the folder is not there: is sysfs mounted, and does the kernel have it?";
	return cli_fail("skep doctor", hint, "cannot mount %s at %s: %s", command->type,
			command->target, strerror(code));
}

static int fix(const struct command *command, bool yes)
{
	struct stat st;

	if (stat(command->target, &st))
		return fail(command, errno);
	if (is_in_use(command->target)) {
		printf("%s\n", command->text);
		return cli_fail(
			"skep doctor", "make a folder of your own, and mount it there by hand",
			"not done: %s is in use, and would be hidden by it", command->target);
	}
	if (!is_allowed(command, yes)) {
		printf("not done%s\n", yes || isatty(STDIN_FILENO)
					       ? ""
					       : ": there is no terminal to ask; --yes does it");
		return EXIT_FAILED;
	}
	if (mount(command->source, command->target, command->type, 0, NULL))
		return fail(command, errno);
	printf("done\n");
	return EXIT_OK;
}

int doctor_fix(bool yes)
{
	int result = EXIT_OK;

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		const struct skep_finding *f = skep_kernel_finding(mounts[i]);
		struct command command;

		if (f->answer == SKEP_YES) {
			printf("ok  %s is mounted at %s\n", f->name, f->detail ? f->detail : "?");
			continue;
		}
		fflush(stdout);
		if (!read_command(f->remedy, &command))
			result = cli_fail("skep doctor", f->remedy, "%s: %s", f->name, f->why);
		else if (fix(&command, yes) != EXIT_OK)
			result = EXIT_FAILED;
	}
	return result;
}
