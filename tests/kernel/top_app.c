// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "harness/machine.h"
#include "harness/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "app.h"
#include "top_app.h"

/* --- the command --- */

void top_start(struct top_command *c, const char *a, const char *b)
{
	char path[4096];
	int out[2], err[2];

	snprintf(path, sizeof(path), "%s", test_file("skep"));
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	fflush(NULL);
	c->pid = fork();
	if (!c->pid) {
		signal(SIGINT, SIG_DFL);
		dup2(out[1], 1);
		dup2(err[1], 2);
		execl(path, "skep", "top", a, b, NULL);
		_exit(127);
	}
	close(out[1]);
	close(err[1]);
	c->out = out[0];
	c->err = err[0];
}

/* It sleeps in ppoll() between its looks, and nowhere else. */
static bool waits(void *ctx)
{
	const struct top_command *c = ctx;
	char path[64], text[32] = "", wanted[16];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)c->pid);
	snprintf(wanted, sizeof(wanted), "%d ", SYS_ppoll);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	close(fd);
	return n > 0 && !strncmp(text, wanted, strlen(wanted));
}

static char *read_all(int fd)
{
	size_t room = 1 << 20, n = 0;
	char *text = malloc(room);
	ssize_t got;

	assert_non_null(text);
	while ((got = read(fd, text + n, room - n - 1)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	close(fd);
	return text;
}

/* What it printed, to free. Nothing may be on standard error. */
char *top_finish(struct top_command *c, int wanted)
{
	char *out = read_all(c->out), *err = read_all(c->err);
	int status;

	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	assert_string_equal(err, "");
	free(err);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), wanted);
	return out;
}

json_t *top_look(void (*work)(void))
{
	struct top_command c;
	json_error_t error;
	json_t *all;
	char *out;

	top_start(&c, "--format=json", "--delay=3600");
	assert_true(wait_until(waits, &c, 10000));
	if (work)
		work();
	assert_int_equal(kill(c.pid, SIGINT), 0);
	out = top_finish(&c, 0);
	all = json_loads(out, 0, &error);
	if (!all)
		fail_msg("no JSON: %s in: %.400s", error.text, out);
	free(out);
	return all;
}

/* --- what it said --- */

json_t *top_with_id(json_t *all, const char *list, uint32_t id)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(all, list), i, one)
		if (json_integer_value(json_object_get(one, "id")) == id)
			return one;
	return NULL;
}

uint64_t top_number(json_t *of, const char *key)
{
	json_t *value = json_object_get(of, key);

	if (!json_is_integer(value))
		fail_msg("'%s' is no number", key);
	return (uint64_t)json_integer_value(value);
}

const char *top_text(json_t *of, const char *key)
{
	const char *value = json_string_value(json_object_get(of, key));

	if (!value)
		fail_msg("'%s' is no text", key);
	return value;
}

/* --- the programs --- */

struct skep_object *top_object;

int top_fd(const char *program)
{
	return skep_program_fd(skep_object_program(top_object, program));
}

struct bpf_prog_info top_info(const char *program)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(top_fd(program), &info, &bytes), 0);
	return info;
}

uint32_t top_map_id(const char *name)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);
	int fd = skep_map_fd(skep_object_map(top_object, name));

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &bytes), 0);
	return info.id;
}

void top_run(const char *program, int times)
{
	static char packet[64];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = times);

	assert_int_equal(bpf_prog_test_run_opts(top_fd(program), &opts), 0);
}

void top_open(__attribute__((unused)) void **state)
{
	require_root();
	top_object = app_load("top.bpf.o");
}

void top_close(__attribute__((unused)) void **state)
{
	skep_object_free(top_object);
	top_object = NULL;
}
