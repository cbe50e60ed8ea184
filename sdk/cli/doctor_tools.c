/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The programs that build BPF objects, and the library that loads them. */
#include "doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#define CLANG_NEWEST 30 /* names clang-30, clang-29, ... are looked for */
#define CLANG_OLDEST 11
#define CLANG_WANTED 14 /* what skep is tested with */

/* Standard output of `program arg`, up to size - 1 bytes; false when it cannot be run. */
static bool run(const char *program, const char *arg, char *out, size_t size)
{
	char *argv[] = { (char *)program, (char *)arg, NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], status = 0, err;
	size_t used = 0;
	ssize_t got;
	pid_t pid;

	out[0] = '\0';
	if (pipe2(ends, O_CLOEXEC))
		return false;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	/* What does not fit is read all the same, or the program would end by SIGPIPE. */
	while (!err && (got = read(ends[0], out + used, size - 1 - used)) > 0) {
		used += (size_t)got;
		if (used == size - 1) {
			char rest[4096];

			while (read(ends[0], rest, sizeof(rest)) > 0)
				;
			break;
		}
	}
	close(ends[0]);
	out[used] = '\0';
	if (err)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The number after `word`: "Debian clang version 14.0.6". */
static bool find_version(const char *text, const char *word, char *out, size_t size)
{
	const char *at = strstr(text, word);

	if (!at)
		return false;
	at += strlen(word);
	snprintf(out, size, "%.*s", (int)strcspn(at, " \n\t(-"), at);
	return out[0] >= '0' && out[0] <= '9';
}

/* $CLANG, clang, or the newest clang-N. */
static bool find_clang(char *name, size_t size, char *version_text, size_t text_size)
{
	const char *chosen = getenv("CLANG");

	snprintf(name, size, "%s", chosen && *chosen ? chosen : "clang");
	if (run(name, "--version", version_text, text_size))
		return true;
	for (int i = CLANG_NEWEST; i >= CLANG_OLDEST; i--) {
		snprintf(name, size, "clang-%d", i);
		if (run(name, "--version", version_text, text_size))
			return true;
	}
	return false;
}

void doctor_check_clang(struct doctor_result *result)
{
	char name[128], text[1024], version[32], targets[8192];

	result->answer = SKEP_NO;
	if (!find_clang(name, sizeof(name), text, sizeof(text))) {
		snprintf(result->why, sizeof(result->why),
			 "not found; needed to build BPF programs, not to run them");
		snprintf(result->remedy, sizeof(result->remedy),
			 "install it: apt-get install clang, dnf install clang");
		return;
	}
	if (!run(name, "--print-targets", targets, sizeof(targets)) || !strstr(targets, " bpf ")) {
		snprintf(result->why, sizeof(result->why), "%s has no BPF target", name);
		snprintf(result->remedy, sizeof(result->remedy),
			 "install your distribution's clang, and name it in $CLANG");
		return;
	}
	if (!find_version(text, "version ", version, sizeof(version))) {
		result->answer = SKEP_UNKNOWN;
		snprintf(result->why, sizeof(result->why), "%s tells no version", name);
		return;
	}
	if (atoi(version) < CLANG_WANTED) {
		snprintf(result->why, sizeof(result->why),
			 "%s is %s; skep is tested with %d and "
			 "newer",
			 name, version, CLANG_WANTED);
		snprintf(result->remedy, sizeof(result->remedy),
			 "install a newer one, and name "
			 "it in $CLANG");
		return;
	}
	result->answer = SKEP_YES;
	snprintf(result->detail, sizeof(result->detail), "%s %s, with BPF target", name, version);
}

void doctor_check_libbpf(struct doctor_result *result)
{
	result->answer = SKEP_YES;
	snprintf(result->detail, sizeof(result->detail), "%s", libbpf_version_string());
}

/* Distributions put it where only root's PATH looks. */
void doctor_check_bpftool(struct doctor_result *result)
{
	static const char *const names[] = { "bpftool", "/usr/sbin/bpftool",
					     "/usr/local/sbin/bpftool" };
	char text[512], version[32];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!run(names[i], "version", text, sizeof(text)) ||
		    !find_version(text, "bpftool v", version, sizeof(version)))
			continue;
		result->answer = SKEP_YES;
		snprintf(result->detail, sizeof(result->detail), "%s", version);
		return;
	}
	result->answer = SKEP_NO;
	snprintf(result->why, sizeof(result->why),
		 "not found; skep does not need it, it shows "
		 "what is loaded");
	snprintf(result->remedy, sizeof(result->remedy),
		 "install it: apt-get install bpftool, dnf install bpftool");
}
