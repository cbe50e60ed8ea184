/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Mutated and spliced logs through the explainer and its renderer, under AddressSanitizer and
 * UndefinedBehaviorSanitizer, which end the process at the first error.
 *
 *	fuzz_explain [-t CPU_SECONDS] [-s SEED] [-c CASE] LOG...
 *
 * A case is a function of seed, number and logs alone; -c repeats one. The number of a case that
 * goes wrong is the last line of what is printed.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <skep/verifier.h>

#define LOGS_MOST 512
#define ROOM      (1 << 18)

struct log {
	char *text;
	size_t bytes;
};

static struct log logs[LOGS_MOST];
static size_t log_count;
static uint64_t state;

static uint64_t draw(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below ? (state >> 11) % below : 0;
}

static bool read_log(const char *path)
{
	FILE *file = fopen(path, "re");
	struct log *log = &logs[log_count];

	if (!file || log_count == LOGS_MOST)
		return false;
	log->text = malloc(ROOM / 4);
	log->bytes = log->text ? fread(log->text, 1, ROOM / 4, file) : 0;
	fclose(file);
	log_count += log->bytes > 0;
	return log->bytes > 0;
}

static void insert(char *text, size_t *bytes, size_t at, const char *what, size_t n)
{
	if (*bytes + n > ROOM)
		return;
	memmove(text + at + n, text + at, *bytes - at);
	memcpy(text + at, what, n);
	*bytes += n;
}

static void cut(char *text, size_t *bytes, size_t at, size_t n)
{
	if (n > *bytes - at)
		n = *bytes - at;
	memmove(text + at, text + at + n, *bytes - at - n);
	*bytes -= n;
}

/* Start and length of a line. */
static size_t pick_line(const char *text, size_t bytes, size_t *n)
{
	size_t start = draw(bytes), end;

	while (start > 0 && text[start - 1] != '\n')
		start--;
	for (end = start; end < bytes && text[end] != '\n';)
		end++;
	*n = end - start + (end < bytes);
	return start;
}

static const char *const tokens[] = {
	"processed 1 insns (limit ",
	"from 1 to 2: ",
	"R0=",
	"-9223372036854775808",
	"18446744073709551615",
	"{reg}",
	"%s",
	" @ x.c:4294967296",
	"Verification failed:",
	"\nAt:\n",
	"(",
	")",
	"; ",
	"\r\n",
	"\t",
	"call bpf_map_lookup_elem#1",
	"exit",
	"call pc+1",
	"arg#",
	"\n\n",
	"frame15: ",
	"frame99999999: ",
	">>> ",
	"*(u64 *)(r10 -8) = r",
};

static void insert_token(char *text, size_t *bytes, size_t at)
{
	const char *token = tokens[draw(sizeof(tokens) / sizeof(tokens[0]))];

	insert(text, bytes, at, token, strlen(token));
}

static void repeat_line(char *text, size_t *bytes)
{
	char line[4096];
	size_t n, at = pick_line(text, *bytes, &n);

	n = n < sizeof(line) ? n : sizeof(line);
	memcpy(line, text + at, n);
	insert(text, bytes, pick_line(text, *bytes, &(size_t){ 0 }), line, n);
}

static void splice(char *text, size_t *bytes)
{
	const struct log *other = &logs[draw(log_count)];
	size_t n, at = pick_line(other->text, other->bytes, &n);

	n = 1 + draw(other->bytes - at);
	insert(text, bytes, pick_line(text, *bytes, &(size_t){ 0 }), other->text + at, n);
}

static void mutate(char *text, size_t *bytes)
{
	size_t at = draw(*bytes + 1), n;

	switch (draw(8)) {
	case 0:
		if (at < *bytes)
			text[at] = (char)draw(256);
		break;
	case 1:
		cut(text, bytes, at, 1 + draw(40));
		break;
	case 2:
		insert_token(text, bytes, at);
		break;
	case 3:
		at = pick_line(text, *bytes, &n);
		cut(text, bytes, at, n);
		break;
	case 4:
		repeat_line(text, bytes);
		break;
	case 5:
		splice(text, bytes);
		break;
	case 6:
		*bytes = at;
		break;
	default:
		if (at < *bytes && text[at] >= '0' && text[at] <= '9')
			insert(text, bytes, at, "99999999999", 1 + draw(11));
	}
}

static void run(uint64_t seed, uint64_t number, char *text)
{
	struct skep_explanation *explanation = NULL;
	const struct log *base;
	size_t bytes;
	char *exact;

	state = (seed + 1) * 0x9e3779b97f4a7c15ull ^ (number + 1) * 0xbf58476d1ce4e5b9ull;
	draw(0);
	base = &logs[draw(log_count)];
	bytes = base->bytes;
	memcpy(text, base->text, bytes);
	for (uint64_t i = 1 + draw(12); i > 0; i--)
		mutate(text, &bytes);
	/* Without a byte to spare, so that reading beyond the end is seen. */
	exact = malloc(bytes ? bytes : 1);
	memcpy(exact, text, bytes);
	if (!skep_explain(&explanation, exact, bytes, NULL))
		for (size_t i = 0; i < skep_explanation_count(explanation); i++) {
			char *shown = NULL;

			if (!skep_diagnostic_text(
				    &shown, skep_explanation_diagnostic(explanation, i),
				    SKEP_OPTS(skep_diagnostic_text_opts, .color = true,
					      .columns = 40 + (unsigned)draw(80))))
				free(shown);
		}
	skep_explanation_free(explanation);
	free(exact);
}

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

int main(int argc, char **argv)
{
	uint64_t seed = 1, number = 0;
	double seconds = 10;
	bool once = false;
	char *text = malloc(ROOM);
	int option;

	while ((option = getopt(argc, argv, "t:s:c:")) != -1) {
		if (option == 't')
			seconds = atof(optarg);
		else if (option == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (option == 'c')
			once = (number = strtoull(optarg, NULL, 10), true);
		else
			return 2;
	}
	for (int i = optind; i < argc; i++)
		read_log(argv[i]);
	if (!log_count || !text)
		return 2;
	do {
		if (!(number % 1000))
			alarm(60);
		/* Where a case dies, its number has been printed. */
		if (!(number % 100))
			fprintf(stderr, "cases from %llu\n", (unsigned long long)number);
		run(seed, number++, text);
	} while (!once && cpu_seconds() < seconds);
	printf("%llu cases, %.0f CPU seconds\n", (unsigned long long)number, cpu_seconds());
	for (size_t i = 0; i < log_count; i++)
		free(logs[i].text);
	free(text);
	return 0;
}
