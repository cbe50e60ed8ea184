/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"
#include "doctor.h"

static const struct argp_option options[] = {
	{ "format", 'f', "text|json", 0, "how to print it; text is the default", 0 }, { 0 }
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	enum cli_format *format = state->input;

	if (key == 'f')
		*format = cli_format(arg, state);
	else if (key == ARGP_KEY_ARG)
		argp_error(state, "takes no argument, but was given '%s'", arg);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse_option,
	.doc = "Say what this machine can do with BPF, what not, and why."
	       "\v"
	       "Everything is tried for real, harmlessly, and removed again. Each line is `ok`, "
	       "`no` or `?` (could not be found out), with the reason and what helps. Exit code: "
	       "0 when a basic program runs here (it loads, attaches to a raw tracepoint, and "
	       "has a ring buffer), else 1.",
};

int cmd_doctor(int argc, char **argv)
{
	static struct doctor_result results[DOCTOR_RESULTS_MAX];
	enum cli_format format = FORMAT_TEXT;
	size_t count;
	int written;
	bool fit;

	cli_parse(&argp, argc, argv, &format);
	count = doctor_check_all(results);
	fit = doctor_is_fit();
	if (format == FORMAT_TEXT)
		doctor_print_text(stdout, results, count, fit);
	else if (doctor_print_json(stdout, results, count, fit) && !ferror(stdout))
		return cli_fail("skep doctor", NULL, "no memory");
	written = cli_finish(stdout, "standard output");
	if (written != EXIT_OK)
		return written;
	return fit ? EXIT_OK : EXIT_FAILED;
}
