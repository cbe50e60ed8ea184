/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "run_log.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "decode.h"

static const char *const names[] = { "off", "error", "warn", "info", "debug", "trace" };

#define NAMES (sizeof(names) / sizeof(names[0]))

bool run_log_level(const char *name, enum skep_log_level *level)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (strcmp(name, names[i]))
			continue;
		*level = (enum skep_log_level)i;
		return true;
	}
	return false;
}

static const char *name_of(enum skep_log_level level)
{
	return (size_t)level < NAMES ? names[level] : "?";
}

static void print_text(const struct skep_bpf_message *message, void *ctx)
{
	(void)ctx;
	if (message->line)
		fprintf(stderr, "%s: %s:%u: %s\n", name_of(message->level), message->file,
			message->line, message->text);
	else
		fprintf(stderr, "%s: %s\n", name_of(message->level), message->text);
}

static void print_json(const struct skep_bpf_message *message, void *ctx)
{
	json_t *line = json_object();

	(void)ctx;
	json_object_set_new(line, "log", json_string(name_of(message->level)));
	json_object_set_new(line, "file", decode_text(message->file, strlen(message->file)));
	json_object_set_new(line, "line", json_integer(message->line));
	json_object_set_new(line, "cpu", json_integer(message->cpu));
	json_object_set_new(line, "time", json_integer((json_int_t)message->time_ns));
	json_object_set_new(line, "message", decode_text(message->text, strlen(message->text)));
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

int run_log_open(struct skep_bpf_log **out, const struct skep_object *object,
		 struct skep_loop *loop, enum skep_log_level level, enum cli_format format)
{
	const struct skep_bpf_log_opts opts = {
		.sz = sizeof(opts),
		.level = level,
		.fn = format == FORMAT_JSON ? print_json : print_text,
	};
	int err;

	if (level == SKEP_LOG_OFF || !skep_object_has_log(object))
		return 0;
	err = skep_bpf_log_open(out, object, &opts);
	return err ? err : skep_loop_add_bpf_log(loop, *out);
}
