// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Uprobes and USDT: each place is called by the case, and counted by the program. */
#include "harness/snapshot.h"
#include "harness/test.h"

#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

#include "attach_user_args.skep.h"
#include "hooks.h"
#include "user_app.h"

static void hook_single(const char *hook, const struct skep_program *program)
{
	struct skep_link_info info = { .sz = sizeof(info) };
	struct skep_link *link = NULL;
	int err;

	fired(1);
	err = skep_attach_uprobe(&link, program, test_file(LIBRARY),
				 SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .cookie = 1));
	assert_int_equal(call("stand_one"), 1);
	call("stand_two");
	hook_expect(hook, err, fired(1));
	assert_ok(skep_link_info(link, &info));
	assert_non_null(strstr(info.hook, LIBRARY "+0x"));
	assert_memory_equal(info.hook, hook, strncmp(hook, "uret", 4) ? 6 : 9);
	done(link);
	call("stand_one");
	assert_int_equal(fired(1), 0);
}

TEST(single_probes_fire_and_stop)
{
	struct snapshot before;

	start();
	snapshot_take(&before);
	hook_single("uprobe", attach_user_program_on_call(app));
	hook_single("uretprobe", attach_user_program_on_return(app));
	hook_single("uprobe.s", attach_user_program_on_sleepable(app));
	snapshot_assert_unchanged(&before);
}

static void call_three(void)
{
	call("stand_one");
	call("stand_two");
	call("stand_two");
	call("stand_three");
}

static void hook_multi(const char *hook, const struct skep_program *program, unsigned int times)
{
	struct skep_link *link = NULL;
	int err = attach_three(&link, program, false);
	uint64_t one, two, three;

	call_three();
	one = fired(1);
	two = fired(2);
	three = fired(3);
	hook_expect(hook, err, one);
	if (err)
		return;
	assert_int_equal(one, times);
	assert_int_equal(two, 2 * times);
	assert_int_equal(three, times);
	assert_true(skep_link_fd(link) >= 0);
	assert_non_null(strstr(skep_link_way(link), "."));
	done(link);
	call_three();
	assert_int_equal(fired(1) + fired(2) + fired(3), 0);
}

TEST(many_places_by_one_link_have_a_cookie_each)
{
	struct snapshot before;

	start();
	snapshot_take(&before);
	hook_multi("uprobe.multi", attach_user_program_on_many(app), 1);
	hook_multi("uretprobe.multi", attach_user_program_on_many_returns(app), 1);
	hook_multi("uprobe.session", attach_user_program_on_both(app), 2);
	snapshot_assert_unchanged(&before);
}

/* A program of SEC("uprobe") has no other way; one for many takes it where the kernel is old. */
TEST(fallback_is_one_uprobe_each_and_says_so)
{
	struct skep_link *link = NULL;

	start();
	assert_error(attach_three(&link, attach_user_program_on_call(app), false), EPROTOTYPE);
	app_assert_hints("uprobe.multi");
	assert_ok(attach_three(&link, attach_user_program_on_call(app), true));
	assert_string_equal(skep_link_way(link), "uprobe");
	call_three();
	assert_int_equal(fired(1), 1);
	assert_int_equal(fired(2), 2);
	assert_int_equal(fired(3), 1);
	done(link);
	assert_ok(attach_three(&link, attach_user_program_on_many(app), true));
	assert_string_equal(skep_link_way(link),
			    hook_fires("uprobe.multi") ? "uprobe.multi" : "uprobe");
	call_three();
	assert_int_equal(fired(2), 2);
	done(link);
}

TEST(pattern_takes_each_function_once)
{
	struct skep_link *link = NULL;

	start();
	fired(0);
	assert_ok(skep_attach_uprobe_multi(
		&link, attach_user_program_on_call(app), test_file(LIBRARY),
		SKEP_OPTS(skep_uprobe_multi_opts, .pattern = "stand_t?o*", .fallback = true)));
	call_three();
	assert_int_equal(fired(0), 2);
	done(link);
}

static int keep_name(uint64_t number, const char *function, void *names)
{
	assert_in_range(number, 0, 7);
	snprintf(((char(*)[32])names)[number], 32, "%s", function);
	return 0;
}

static int refuse(uint64_t number, const char *function, void *ctx)
{
	(void)function;
	(void)ctx;
	return number ? -E2BIG : 0;
}

TEST(functions_of_a_pattern_are_named_and_told_apart_by_number)
{
	struct skep_uprobe_multi_opts opts = { .sz = sizeof(opts), .fallback = true };
	struct skep_link *link = NULL;
	char names[8][32] = { 0 };

	start();
	for (unsigned int i = 0; i < 3; i++)
		fired(i);
	opts.pattern = "stand_t*";
	opts.named = keep_name;
	opts.named_ctx = names;
	assert_ok(skep_attach_uprobe_multi(&link, attach_user_program_on_call(app),
					   test_file(LIBRARY), &opts));
	call_three();
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(fired(i), !strcmp(names[i], "stand_two")     ? 2
					   : !strcmp(names[i], "stand_three") ? 1
									      : 0);
	done(link);
	link = NULL;
	opts.named = refuse;
	assert_error(skep_attach_uprobe_multi(&link, attach_user_program_on_call(app),
					      test_file(LIBRARY), &opts),
		     E2BIG);
	assert_non_null(strstr(skep_error_last()->message, "'.named' returned -7 for function 's"));
	assert_null(link);
	opts.pattern = NULL;
	opts.symbols = (const char *const[]){ "stand_one" };
	opts.count = 1;
	assert_error(skep_attach_uprobe_multi(&link, attach_user_program_on_call(app),
					      test_file(LIBRARY), &opts),
		     EINVAL);
}

/* Where only slow links exist, as on a kernel without uprobe.multi. */
TEST(freeing_slow_links_does_not_wait_and_stops_them)
{
	static const char *const names[] = { "stand_one" };
	struct skep_link *links[12];
	struct timespec from, to;
	struct snapshot before;
	int fds;

	start();
	snapshot_take(&before);
	fds = app_open_fds();
	for (size_t i = 0; i < 12; i++)
		assert_ok(skep_attach_uprobe_multi(
			&links[i], attach_user_program_on_call(app), test_file(LIBRARY),
			SKEP_OPTS(skep_uprobe_multi_opts, .symbols = names, .count = 1,
				  .fallback = true)));
	call("stand_one");
	assert_int_equal(fired(0), 12);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (size_t i = 0; i < 12; i++)
		skep_link_free(links[i]);
	clock_gettime(CLOCK_MONOTONIC, &to);
	print_message("# 12 links freed in %.2f ms\n",
		      (double)(to.tv_sec - from.tv_sec) * 1e3 +
			      (double)(to.tv_nsec - from.tv_nsec) / 1e6);
	/* Nobody waited: most are not gone yet, unless this machine was busy with something else. */
	if (skep_attach_wait(0))
		app_assert_says("are still being taken off");
	assert_ok(skep_attach_wait(-1));
	call("stand_one");
	assert_int_equal(fired(0), 0);
	assert_int_equal(app_open_fds(), fds);
	snapshot_assert_unchanged(&before);
}

TEST(places_are_found_by_version_offset_and_bytes_behind)
{
	struct skep_link *link = NULL;
	stand_fn *old;

	start();
	fired(4);
	assert_ok(skep_attach_uprobe(
		&link, attach_user_program_on_call(app), test_file(LIBRARY),
		SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_old@STAND_1", .cookie = 4)));
	*(void **)&old = dlvsym(library, "stand_old", "STAND_1");
	assert_non_null(old);
	assert_int_equal(call("stand_old"), 20); /* the other */
	assert_int_equal(fired(4), 0);
	assert_int_equal(old(0), 10);
	assert_int_equal(fired(4), 1);
	done(link);
	assert_ok(skep_attach_uprobe(
		&link, attach_user_program_on_call(app), test_file(LIBRARY),
		SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_old", .cookie = 4)));
	assert_int_equal(old(0), 10);
	assert_int_equal(fired(4), 0);
	call("stand_old");
	assert_int_equal(fired(4), 1);
	done(link);
}

long own_place(long x);

__attribute__((noinline)) long own_place(long x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 1;
}

TEST(program_of_a_process_is_found_by_its_link_in_proc)
{
	const struct skep_uprobe_opts own = {
		.sz = sizeof(own), .symbol = "own_place", .pid = getpid(), .cookie = 5
	};
	struct skep_link *link = NULL;
	char path[64];

	start();
	fired(5);
	assert_ok(skep_attach_uprobe(&link, attach_user_program_on_call(app), "/proc/self/exe",
				     &own));
	assert_int_equal(own_place(1), 2);
	assert_int_equal(fired(5), 1);
	done(link);
	/* Other links of /proc lead out of the process's files. */
	snprintf(path, sizeof(path), "/proc/%d/exe", getpid());
	assert_error(skep_attach_uprobe(&link, attach_user_program_on_call(app), path, &own),
		     EINVAL);
	assert_non_null(strstr(skep_error_last()->message, "link of /proc"));
}

TEST(section_says_all_and_the_library_is_found_by_name)
{
	struct skep_link *link = NULL, *probe = NULL;
	char folder[512];

	start();
	snprintf(folder, sizeof(folder), "%s", test_file(LIBRARY));
	*strrchr(folder, '/') = '\0';
	assert_error(skep_attach(&link, attach_user_program_by_section(app)), ENOENT);
	app_assert_says("libstand.so.1");
	setenv("LD_LIBRARY_PATH", folder, 1);
	fired(0);
	assert_ok(skep_attach(&link, attach_user_program_by_section(app)));
	assert_ok(skep_attach(&probe, attach_user_program_usdt_by_section(app)));
	call("stand_one");
	assert_int_equal(fired(0), 1);
	call("stand_probes");
	assert_int_equal(fired(0), 1);
	skep_link_free(probe);
	done(link);
	/* The same without an object of ours around it. */
	assert_ok(skep_attach_libbpf(
		&link, skep_program_libbpf(attach_user_program_usdt_by_section(app))));
	call("stand_probes");
	assert_int_equal(fired(0), 1);
	done(link);
	assert_error(skep_attach(&link, attach_user_program_mistyped(app)), ENOENT);
	app_assert_hints("stand_one");
	assert_error(skep_attach(&link, attach_user_program_on_call(app)), EDESTADDRREQ);
	app_assert_hints("skep_attach_uprobe()");
	assert_error(skep_attach(&link, attach_user_program_on_probe(app)), EDESTADDRREQ);
	unsetenv("LD_LIBRARY_PATH");
}

TEST(usdt_fires_with_its_semaphore_raised)
{
	struct skep_link *link = NULL;
	struct snapshot before;
	int err;

	start();
	snapshot_take(&before);
	fired(5);
	assert_int_equal(call("stand_counted"), 0); /* off */
	err = skep_attach_usdt(&link, attach_user_program_on_probe(app), test_file(LIBRARY),
			       "stand", "counted", SKEP_OPTS(skep_usdt_opts, .cookie = 5));
	hook_expect("usdt", err, (uint64_t)call("stand_counted"));
	assert_int_equal(fired(5), 1);
	done(link);
	assert_int_equal(call("stand_counted"), 0);
	assert_error(skep_attach_usdt(&link, attach_user_program_on_probe(app), test_file(LIBRARY),
				      "stand", "hits", NULL),
		     ENOENT);
	app_assert_hints("stand:hit, stand:counted");
	snapshot_assert_unchanged(&before);
}

TEST(usdt_arguments_are_read_by_libbpfs_header)
{
	struct attach_user_args *args = NULL;
	struct skep_link *link = NULL;

	start();
	assert_ok(attach_user_args_open(&args, NULL));
	assert_ok(attach_user_args_load(args));
	assert_ok(skep_attach_usdt(&link, attach_user_args_program_on_hit(args), test_file(LIBRARY),
				   "stand", "hit", SKEP_OPTS(skep_usdt_opts, .cookie = 77)));
	call("stand_probes");
	assert_int_equal(attach_user_args_bss(args)->hits, 1);
	assert_int_equal(attach_user_args_bss(args)->first, 0);
	assert_int_equal(attach_user_args_bss(args)->second, 7);
	assert_int_equal(attach_user_args_bss(args)->cookie, 77);
	skep_link_free(link);
	attach_user_args_free(args);
}
