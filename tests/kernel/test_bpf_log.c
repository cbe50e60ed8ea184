// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Messages of BPF programs, as text: every kind of argument. */
#include "harness/machine.h"
#include "harness/test.h"

#include <time.h>
#include <unistd.h>

#include "bpf_log_app.h"

struct heard heard;

void bpf_log_on_message(const struct skep_bpf_message *message, void *ctx)
{
	assert_ptr_equal(ctx, &heard);
	if (heard.count < HEARD_MOST) {
		snprintf(heard.lines[heard.count], sizeof(heard.lines[0]), "%s", message->text);
		heard.levels[heard.count] = message->level;
	}
	snprintf(heard.file, sizeof(heard.file), "%s", message->file);
	snprintf(heard.object, sizeof(heard.object), "%s", message->object);
	heard.last = *message;
	heard.count++;
}

void bpf_log_close(void)
{
	skep_bpf_log_free(heard.reader);
	heard.reader = NULL;
}

static void free_app(void)
{
	bpf_log_close();
	bpf_log_free(heard.app);
}

static void load(void)
{
	struct bpf_log *opened = NULL;

	assert_ok(bpf_log_open(&opened, NULL));
	if (bpf_log_load(opened))
		fail_msg("%s: %s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	heard.app = opened;
	atexit(free_app);
}

struct skep_object *bpf_log_started(void)
{
	require_root();
	if (!heard.app)
		load();
	if (!heard.reader)
		assert_ok(skep_bpf_log_open(&heard.reader, bpf_log_object(heard.app),
					    SKEP_OPTS(skep_bpf_log_opts, .level = SKEP_LOG_TRACE,
						      .fn = bpf_log_on_message, .ctx = &heard,
						      .unlimited = true)));
	heard.count = 0;
	return bpf_log_object(heard.app);
}

void bpf_log_reopen(const struct skep_bpf_log_opts *opts)
{
	const struct skep_object *object = bpf_log_started();

	bpf_log_close();
	assert_ok(skep_bpf_log_open(&heard.reader, object, opts));
	heard.count = 0;
}

void bpf_log_hear(const char *program, uint64_t arg0, uint64_t arg1, int count)
{
	const struct skep_object *object = bpf_log_started();

	app_run(object, program, arg0, arg1);
	assert_int_equal(skep_bpf_log_read(heard.reader, 1000), count);
	assert_int_equal(heard.count, count);
}

uint64_t bpf_log_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

TEST(message_without_arguments_is_its_format)
{
	bpf_log_hear("none", 0, 0, 2);
	assert_string_equal(heard.lines[0], "nothing went wrong, 100%");
	assert_string_equal(heard.lines[1], "ends in a newline");
	assert_int_equal(heard.levels[0], SKEP_LOG_ERROR);
	assert_int_equal(heard.levels[1], SKEP_LOG_WARN);
}

TEST(message_tells_where_and_when_it_was_written)
{
	uint64_t before = bpf_log_now_ns();

	bpf_log_hear("twelve", 5, 0, 1);
	assert_string_equal(heard.lines[0], "5 6 7 8 9 10 11 12 13 14 15 16");
	assert_string_equal(heard.object, "bpf_log");
	assert_in_range(heard.last.time_ns, before, bpf_log_now_ns());
	assert_true(heard.last.cpu < (unsigned int)sysconf(_SC_NPROCESSORS_CONF));
	assert_true(heard.last.line > 0);
	assert_string_equal(heard.file, "bpf_log.bpf.c");
}

/* Of a burst, one time is good for some; never for what comes a tick later, which is 10 ms at most. */
TEST(time_of_a_message_is_at_most_a_tick_old)
{
	uint64_t before;

	for (int i = 0; i < 2; i++) {
		bpf_log_hear("twelve", 5, 0, 1);
		usleep(25000);
		before = bpf_log_now_ns();
		bpf_log_hear("twelve", 5, 0, 1);
		assert_in_range(heard.last.time_ns, before - 12000000, bpf_log_now_ns());
	}
}

TEST(numbers_are_shown_as_printf_shows_them)
{
	static const int64_t all[] = { 0,         1,          -1,        42,       127,
				       128,       255,        256,       -129,     INT32_MAX,
				       INT32_MIN, UINT32_MAX, INT64_MAX, INT64_MIN };
	char expected[512];

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int64_t n = all[i];
		int d = (int)n;
		unsigned int u = (unsigned int)n;
		int small = (int)n & 7;

		bpf_log_hear("numbers", (uint64_t)n, 0, 5);
		snprintf(expected, sizeof(expected), "%d %u %x %lld %llu %llx", d, u, u,
			 (long long)n, (unsigned long long)n, (unsigned long long)n);
		assert_string_equal(heard.lines[0], expected);
		snprintf(expected, sizeof(expected), "%d %d %hhd %hd %u %d", (signed char)n,
			 (int16_t)n, (signed char)n, (short)n, (uint8_t)n, !!n);
		assert_string_equal(heard.lines[1], expected);
		snprintf(expected, sizeof(expected),
			 "[%5d] [%-5d] [%05d] [%+d] [% d] [%.3d] [%*d] [%-*d]", d, d, d, d, d, d, 6,
			 d, 6, d);
		assert_string_equal(heard.lines[2], expected);
		snprintf(expected, sizeof(expected), "%#x %#o %X %ld %zu %c", u, u, u, (long)n,
			 (size_t)n, 'A' + (int)(n & 15));
		assert_string_equal(heard.lines[3], expected);
		snprintf(expected, sizeof(expected), "%d %u", small, (unsigned int)(n & 0x1ff));
		assert_string_equal(heard.lines[4], expected);
	}
}

static void fill(struct bpf_log_bss *bss, const char *letters, char longer, size_t count)
{
	memset(bss->letters, 0, sizeof(bss->letters));
	memset(bss->longer, 0, sizeof(bss->longer));
	memcpy(bss->letters, letters, strnlen(letters, sizeof(bss->letters)));
	memset(bss->longer, longer, count);
}

TEST(texts_end_at_their_nul_and_are_cut_with_dots)
{
	const char *user = "from user space";
	char many[201];
	struct bpf_log_bss *bss;

	bpf_log_started();
	bss = bpf_log_bss(heard.app);
	fill(bss, "hello", 'y', 199);
	memset(many, 'y', 199);
	many[199] = '\0';
	bpf_log_hear("texts", (uint64_t)(uintptr_t)user, 0, 4);
	assert_true(strstr(heard.lines[0], "|hello|") && strstr(heard.lines[0], many) &&
		    strstr(heard.lines[0], "|literal"));
	assert_string_equal(heard.lines[1], "hello|yyyyyyyyyy...|from user space");
	assert_string_equal(heard.lines[2], "(null)|(null)|from...");
	assert_string_equal(heard.lines[3],
			    "[               hello] [hello   ] [hel] [      he] [he]");
}

TEST(text_that_just_fits_is_not_cut)
{
	char sixty_four[65];

	bpf_log_started();
	memset(sixty_four, 'z', 64);
	sixty_four[64] = '\0';
	fill(bpf_log_bss(heard.app), sixty_four, 'y', 10);
	/* Behind the array without a NUL other memory goes on. */
	bpf_log_hear("texts", (uint64_t)(uintptr_t) "four", 0, 4);
	assert_non_null(strstr(heard.lines[0], sixty_four));
	assert_non_null(strstr(heard.lines[1], "|yyyyyyyyyy|four"));
	assert_non_null(strstr(heard.lines[2], "|four"));
	assert_null(strstr(heard.lines[2], "four..."));
}

TEST(bad_pointers_are_faults_and_letters_are_escaped)
{
	bpf_log_started();
	fill(bpf_log_bss(heard.app), "a\n\t\033[2Jb\x7f", 'y', 3);
	bpf_log_hear("texts", 16, 16, 4);
	assert_non_null(strstr(heard.lines[0], "|a\\n\\t\\x1b[2Jb\\x7f|yyy|"));
	assert_non_null(strstr(heard.lines[1], "|yyy|(fault)"));
	assert_string_equal(heard.lines[2], "(null)|(fault)|(fault)");
}

TEST(addresses_are_shown_as_printk_shows_them)
{
	bpf_log_hear("addresses", 0xffff888012345678, 0, 5);
	assert_string_equal(heard.lines[0], "10.1.2.3 010.001.002.003 3.2.1.10 10.1.2.3");
	assert_string_equal(heard.lines[1],
			    "fe80:0000:0000:0000:0000:0000:0000:ab01 "
			    "fe80000000000000000000000000ab01 fe80::ab01 fe80::ab01");
	assert_string_equal(heard.lines[2], "00:1b:44:11:3a:b7 00-1b-44-11-3a-b7 001b44113ab7 "
					    "b7:3a:11:44:1b:00 [   00:1b:44:11:3a:b7]");
	assert_string_equal(heard.lines[3], "00 1b 44 11 3a b7 00:1b:44:11:3a:b7 00-1b-44-11-3a-b7 "
					    "001b44113ab7 00 1b 001b4411");
	assert_string_equal(heard.lines[4], "fe800000-0000-0000-0000-00000000ab01 "
					    "FE800000-0000-0000-0000-00000000AB01 "
					    "000080fe-0000-0000-0000-00000000ab01 "
					    "0xffff888012345678 0xffff888012345678");
}

TEST(enums_have_names_and_structs_have_members)
{
	bpf_log_hear("values", COLOUR_GREEN, 0, 2);
	assert_string_equal(heard.lines[0], "COLOUR_GREEN 7 [  COLOUR_GREEN]");
	assert_non_null(strstr(heard.lines[1], "struct flow"));
	assert_non_null(strstr(heard.lines[1], ".port = (__u16)443"));
	assert_non_null(strstr(heard.lines[1], "COLOUR_GREEN"));
	assert_non_null(strstr(heard.lines[1], "union either"));
	bpf_log_hear("values", (uint64_t)COLOUR_BLUE, 0, 2);
	assert_string_equal(heard.lines[0], "COLOUR_BLUE -2 [   COLOUR_BLUE]");
	bpf_log_hear("values", 99, 0, 2);
	assert_string_equal(heard.lines[0], "99 99 [            99]");
}

/* clang 14 loses what it wrote before, where it copies such a constant. */
TEST(constants_come_with_all_that_stands_around_them)
{
	bpf_log_hear("constants", 4711, 0, 3);
	assert_string_equal(heard.lines[0], "4711 2002:304:506:: 4711");
	assert_int_equal(strncmp(heard.lines[1], "4711 (struct large){.number = (__u32)1,", 39), 0);
	assert_non_null(strstr(heard.lines[1], ".port = (__u16)443"));
	assert_non_null(strstr(heard.lines[1], "['a','b','c',]"));
	assert_non_null(strstr(heard.lines[1], ".numbers = (__u64[3])[1,2,3,]"));
	assert_non_null(strstr(heard.lines[1], "} 4711"));
	assert_string_equal(heard.lines[2], "2 7 COLOUR_GREEN");
}
