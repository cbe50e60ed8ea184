/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is read about the kernel, from texts as various machines have them. */
#include "harness/test.h"

#include <sys/resource.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "kernel/facts.h"
#include "kernel/reason.h"
#include "kernel/rules.h"
#include "kernel/since.h"

#define V(major, minor, patch) SKEP_KERNEL_VERSION(major, minor, patch)

/* A file of the case's own with that text. */
static const char *file_with(const char *text)
{
	static char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/text", test_tmpdir());
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

TEST(version_of_mainline_is_its_release)
{
	assert_int_equal(skep_kernel_version_parse("6.18.44-fc-v669", "#1 SMP", NULL),
			 V(6, 18, 44));
	assert_int_equal(skep_kernel_version_parse("6.1", "#1", NULL), V(6, 1, 0));
	assert_int_equal(skep_kernel_version_parse("7.3.0-rc1+", "#1", NULL), V(7, 3, 0));
}

TEST(version_of_debian_is_in_the_build_text)
{
	assert_int_equal(skep_kernel_version_parse("6.1.0-18-amd64",
						   "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 "
						   "(2024-02-01)",
						   NULL),
			 V(6, 1, 76));
}

TEST(version_of_ubuntu_is_in_its_signature)
{
	assert_int_equal(skep_kernel_version_parse("6.5.0-14-generic", "#14-Ubuntu SMP",
						   "Ubuntu 6.5.0-14.14-generic 6.5.3"),
			 V(6, 5, 3));
}

TEST(version_believes_build_text_about_patch_level_only)
{
	assert_int_equal(skep_kernel_version_parse("6.12.3", "#1 Debian 6.1.76-1", NULL),
			 V(6, 12, 3));
	assert_int_equal(skep_kernel_version_parse("5.4.300", "#1", NULL), V(5, 4, 255));
}

TEST(version_that_makes_no_sense_is_zero)
{
	assert_int_equal(skep_kernel_version_parse("", "", NULL), 0);
	assert_int_equal(skep_kernel_version_parse("generic", "#1", "Ubuntu"), 0);
	assert_int_equal(skep_kernel_version_parse("900.1.2", "#1", NULL), 0);
}

TEST(version_text_leaves_out_patch_level_zero)
{
	char text[16];

	assert_string_equal(skep_kernel_version_text(V(5, 8, 0), text, sizeof(text)), "5.8");
	assert_string_equal(skep_kernel_version_text(V(6, 1, 76), text, sizeof(text)), "6.1.76");
}

static const char config[] = "# Automatically generated\n"
			     "CONFIG_BPF=y\n"
			     "# CONFIG_KPROBES is not set\n"
			     "CONFIG_HAVE_KPROBES=y\n"
			     "CONFIG_NETKIT=m\n"
			     "CONFIG_LSM=\"landlock,bpf\"\n"
			     "CONFIG_HZ=250\n"
			     "CONFIG_MODULES=n\n"
			     "CONFIG_LAST=m";

TEST(config_knows_on_module_and_off)
{
	assert_int_equal(skep_kernel_config_parse(config, "CONFIG_BPF"), SKEP_CONFIG_ON);
	assert_int_equal(skep_kernel_config_parse(config, "CONFIG_NETKIT"), SKEP_CONFIG_MODULE);
	assert_int_equal(skep_kernel_config_parse(config, "CONFIG_KPROBES"), SKEP_CONFIG_OFF);
	assert_int_equal(skep_kernel_config_parse(config, "CONFIG_MODULES"), SKEP_CONFIG_OFF);
	assert_int_equal(skep_kernel_config_parse(config, "CONFIG_LAST"), SKEP_CONFIG_MODULE);
}

TEST(config_option_with_value_is_on)
{
	assert_int_equal(skep_kernel_config_parse(config, "CONFIG_LSM"), SKEP_CONFIG_ON);
	assert_int_equal(skep_kernel_config_parse(config, "CONFIG_HZ"), SKEP_CONFIG_ON);
}

TEST(config_option_is_compared_whole)
{
	assert_int_equal(skep_kernel_config_parse(config, "CONFIG_B"), SKEP_CONFIG_OFF);
	assert_int_equal(skep_kernel_config_parse(config, "CONFIG_BPF_LSM"), SKEP_CONFIG_OFF);
}

TEST(config_that_cannot_be_read_is_unknown)
{
	assert_int_equal(skep_kernel_config_parse(NULL, "CONFIG_BPF"), SKEP_CONFIG_UNKNOWN);
	assert_int_equal(skep_kernel_config_parse("", "CONFIG_BPF"), SKEP_CONFIG_UNKNOWN);
}

TEST(whole_file_is_read_plain_and_long)
{
	size_t size = 300000;
	char *long_text = malloc(size + 1), *text;

	assert_non_null(long_text);
	memset(long_text, 'x', size);
	long_text[size] = '\0';
	text = skep_kernel_read_whole(file_with(long_text));
	assert_non_null(text);
	assert_string_equal(text, long_text);
	free(text);
	free(long_text);
	assert_null(skep_kernel_read_whole("/nonexistent"));
}

TEST(lockdown_mode_is_the_one_in_brackets)
{
	assert_string_equal(skep_kernel_lockdown_parse("none [integrity] confidentiality"),
			    "integrity");
	assert_string_equal(skep_kernel_lockdown_parse("[none] integrity confidentiality"), "none");
	assert_string_equal(skep_kernel_lockdown_parse("none integrity [confidentiality]"),
			    "confidentiality");
	assert_null(skep_kernel_lockdown_parse("none integrity confidentiality"));
	assert_null(skep_kernel_lockdown_parse("[integrit"));
	assert_null(skep_kernel_lockdown_parse(""));
}

static const char status[] = "Name:\tskep\nUmask:\t0022\n"
			     "CapInh:\t0000000000000000\n"
			     "CapPrm:\t000001ffffffffff\n"
			     "CapEff:\t000000c000001000\n"
			     "Seccomp:\t2\n"
			     "Seccomp_filters:\t1\n"
			     "Broken:\tnothing\n";

TEST(status_numbers_are_found_by_whole_field)
{
	uint64_t value = 7;

	assert_ok(skep_kernel_status_number(status, "CapEff", 16, &value));
	assert_true(value == 0xc000001000);
	assert_ok(skep_kernel_status_number(status, "Seccomp", 10, &value));
	assert_true(value == 2);
}

TEST(status_number_that_is_not_there_is_left_alone)
{
	uint64_t value = 7;

	assert_error(skep_kernel_status_number(status, "Cap", 16, &value), ENOENT);
	assert_error(skep_kernel_status_number(status, "Broken", 16, &value), EINVAL);
	assert_true(value == 7);
}

TEST(capabilities_have_the_kernels_numbers)
{
	assert_int_equal(skep_kernel_capability_in(1ULL << 39, "cap_bpf"), SKEP_YES);
	assert_int_equal(skep_kernel_capability_in(1ULL << 39, "CAP_BPF"), SKEP_YES);
	assert_int_equal(skep_kernel_capability_in(1ULL << 38, "cap_perfmon"), SKEP_YES);
	assert_int_equal(skep_kernel_capability_in(1ULL << 21, "cap_sys_admin"), SKEP_YES);
	assert_int_equal(skep_kernel_capability_in(1ULL << 12, "cap_net_admin"), SKEP_YES);
	assert_int_equal(skep_kernel_capability_in(1ULL << 40, "cap_checkpoint_restore"), SKEP_YES);
	assert_int_equal(skep_kernel_capability_in(~(1ULL << 39), "cap_bpf"), SKEP_NO);
	assert_int_equal(skep_kernel_capability_in(~0ULL, "cap_honey"), SKEP_UNKNOWN);
}

TEST(mount_is_found_by_type_and_unescaped)
{
	char path[256];
	const char *table = file_with("proc /proc proc rw 0 0\n"
				      "none /sys/fs/my\\040bpf bpf rw 0 0\n"
				      "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n"
				      "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n");

	assert_true(skep_kernel_mount(SKEP_MOUNT_BPFFS, table, path, sizeof(path)));
	assert_string_equal(path, "/sys/fs/my bpf");
	assert_true(skep_kernel_mount(SKEP_MOUNT_CGROUP2, table, path, sizeof(path)));
	assert_string_equal(path, "/sys/fs/cgroup/unified");
	assert_false(skep_kernel_mount(SKEP_MOUNT_TRACEFS, table, path, sizeof(path)));
	assert_string_equal(path, "");
	assert_false(skep_kernel_mount(SKEP_MOUNT_BPFFS, "/nonexistent", path, sizeof(path)));
}

TEST(mount_whose_path_is_too_long_is_none)
{
	char path[8];

	assert_false(skep_kernel_mount(SKEP_MOUNT_TRACEFS,
				       file_with("t /sys/kernel/tracing tracefs rw 0 0\n"), path,
				       sizeof(path)));
}

TEST(security_module_is_found_by_whole_name)
{
	assert_true(skep_kernel_lsm_in("lockdown,capability,bpf", "bpf"));
	assert_true(skep_kernel_lsm_in("bpf", "bpf"));
	assert_false(skep_kernel_lsm_in("lockdown,bpfx,xbpf", "bpf"));
	assert_false(skep_kernel_lsm_in("", "bpf"));
}

TEST(since_knows_types_by_name_and_by_number)
{
	assert_int_equal(skep_kernel_since("BPF_MAP_TYPE_RINGBUF"), V(5, 8, 0));
	assert_int_equal(skep_kernel_since("bpf_loop"), V(5, 17, 0));
	assert_int_equal(skep_kernel_since("BPF_TCX_INGRESS"), V(6, 6, 0));
	assert_int_equal(skep_kernel_since("BPF_HONEY"), 0);
	assert_int_equal(skep_kernel_since(NULL), 0);
	assert_int_equal(skep_kernel_has_function(NULL), SKEP_UNKNOWN);
	assert_int_equal(skep_kernel_config(NULL), SKEP_CONFIG_UNKNOWN);
	assert_int_equal(skep_kernel_has_capability(NULL), SKEP_UNKNOWN);
	assert_string_equal(skep_kernel_capability_name(21), "cap_sys_admin");
	assert_null(skep_kernel_capability_name(64));
	assert_string_equal(skep_kernel_since_number(SKEP_SINCE_MAP, BPF_MAP_TYPE_RINGBUF)->name,
			    "BPF_MAP_TYPE_RINGBUF");
	assert_null(skep_kernel_since_number(SKEP_SINCE_MAP, -1));
	assert_null(skep_kernel_since_number(SKEP_SINCE_PROG, 9999));
}

/* Every number up to the last of its kind has a row: a gap would be a slip. */
TEST(since_has_no_gap_in_types)
{
	static const struct {
		enum skep_since_kind kind;
		int first, last;
	} kinds[] = {
		{ SKEP_SINCE_PROG, 1, 32 },
		{ SKEP_SINCE_MAP, 1, 34 },
		{ SKEP_SINCE_LINK, 1, 14 },
		{ SKEP_SINCE_ATTACH, 0, 57 },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (int number = kinds[i].first; number <= kinds[i].last; number++)
			assert_non_null(skep_kernel_since_number(kinds[i].kind, number));
}

TEST(since_rows_all_have_a_version_and_a_source)
{
	size_t count;
	const struct skep_since *rows = skep_kernel_since_rows(&count);

	assert_true(count > 200);
	for (size_t i = 0; i < count; i++) {
		assert_true(rows[i].version >= V(3, 15, 0));
		assert_true(strlen(rows[i].source) > 8);
	}
}

TEST(nearest_names_are_those_most_alike)
{
	struct skep_nearest nearest;
	char text[320];

	skep_kernel_nearest_start(&nearest, "do_unlnkat");
	skep_kernel_nearest_offer(&nearest, "vfs_read");
	skep_kernel_nearest_offer(&nearest, "do_unlinkat");
	skep_kernel_nearest_offer(&nearest, "do_linkat");
	skep_kernel_nearest_offer(&nearest, "do_unlinkat");
	assert_string_equal(skep_kernel_nearest_text(&nearest, text, sizeof(text)),
			    "do_unlinkat or do_linkat");
}

TEST(nearest_follows_the_word_a_name_is_about)
{
	struct skep_nearest nearest;
	char text[320];

	skep_kernel_nearest_start(&nearest, "do_unlinkat");
	skep_kernel_nearest_offer(&nearest, "tcp_sendmsg");
	skep_kernel_nearest_offer(&nearest, "filename_unlinkat");
	assert_string_equal(skep_kernel_nearest_text(&nearest, text, sizeof(text)),
			    "filename_unlinkat");
}

TEST(nearest_says_nothing_when_nothing_is_alike)
{
	struct skep_nearest nearest;
	char text[320];

	skep_kernel_nearest_start(&nearest, "vfs_read");
	skep_kernel_nearest_offer(&nearest, "tcp_v4_connect");
	assert_string_equal(skep_kernel_nearest_text(&nearest, text, sizeof(text)), "");
}

TEST(hook_is_told_from_section_or_from_types)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, -EINVAL);
	char name[48];

	refusal.section = "fentry.s/do_unlinkat";
	assert_int_equal(skep_kernel_hook(&refusal), SKEP_HOOK_TRAMPOLINE);
	assert_string_equal(skep_kernel_hook_target(&refusal), "do_unlinkat");
	refusal.section = "kprobe.multi/tcp_*";
	assert_int_equal(skep_kernel_hook(&refusal), SKEP_HOOK_KPROBE);
	refusal.section = "kprobes_are_fun/x";
	assert_int_equal(skep_kernel_hook(&refusal), SKEP_HOOK_OTHER);
	refusal.section = NULL;
	refusal.prog_type = BPF_PROG_TYPE_TRACING;
	refusal.attach_type = BPF_TRACE_RAW_TP;
	assert_int_equal(skep_kernel_hook(&refusal), SKEP_HOOK_BTF_TRACEPOINT);
	assert_string_equal(skep_kernel_hook_name(&refusal, name, sizeof(name)), "tp_btf");
	assert_null(skep_kernel_hook_target(&refusal));
}

/* libbpf says so for every EPERM; on a kernel since 5.11 it is never the cause. */
TEST(locked_memory_is_not_blamed_where_it_is_not_the_cause)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_MAP, -EPERM);
	struct rlimit small = { 4096, 4096 };
	char why[400], hint[300];
	struct skep_words words = { why, hint, sizeof(why), sizeof(hint) };

	if (skep_kernel_version() < V(5, 11, 0))
		test_skip("here locked memory may be the cause");
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &small), 0);
	refusal.map_type = BPF_MAP_TYPE_HASH;
	assert_false(skep_kernel_rule_memlock(&refusal, &words));
}
