// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Histograms in user space: merged, as percentiles, as text. No kernel is needed for these. */
#include "harness/test.h"

#include <skep/error.h>
#include <skep/hist.h>

#include <math.h>

/* 100 values from 64 to 127, in the slot of bits 7. */
static struct skep_hist one_slot(void)
{
	struct skep_hist h = { .count = 100, .sum = 9550, .least = 64, .most = 127 };

	h.slots[7] = 100;
	return h;
}

static bool near(double a, double b)
{
	return a > b - 0.001 && a < b + 0.001;
}

TEST(percentile_of_one_slot_is_spread_over_it)
{
	struct skep_hist h = one_slot();

	assert_true(near(skep_hist_percentile(&h, 0), 64));
	assert_true(near(skep_hist_percentile(&h, 50), 96));
	assert_true(near(skep_hist_percentile(&h, 100), 127));
	assert_true(near(skep_hist_percentile(&h, 1000), 127));
	assert_true(near(skep_hist_percentile(&h, -5), 64));
	assert_true(near(skep_hist_percentile(&h, (double)NAN), 64));
	assert_true(near(skep_hist_mean(&h), 95.5));
}

TEST(percentiles_go_over_slots_and_stay_within_least_and_most)
{
	struct skep_hist h = { .count = 10, .sum = 0, .least = 3, .most = 1ULL << 63 };

	h.slots[2] = 5;  /* 2 and 3 */
	h.slots[10] = 4; /* 512 to 1,023 */
	h.slots[63] = 1;
	assert_true(near(skep_hist_percentile(&h, 10), 3));
	assert_true(near(skep_hist_percentile(&h, 50), 4));
	assert_true(near(skep_hist_percentile(&h, 70), 768));
	assert_true(near(skep_hist_percentile(&h, 90), 1024));
	assert_true(skep_hist_percentile(&h, 100) == 0x1p63);
}

TEST(linear_slots_have_signs_and_bounds)
{
	struct skep_hist h = { .from = -20, .width = 5, .count = 4, .sum = (uint64_t)-40 };
	double from, to;

	h.least = (uint64_t)-25;
	h.most = (uint64_t)-1;
	h.slots[0] = 1;
	h.slots[1] = 2; /* -20 to -16 */
	h.slots[4] = 1;
	assert_true(near(skep_hist_mean(&h), -10));
	assert_ok(skep_hist_bounds(&h, 0, &from, &to));
	assert_true(near(from, -25) && near(to, -20));
	assert_ok(skep_hist_bounds(&h, 4, &from, &to));
	assert_true(near(from, -5) && near(to, 0));
	assert_true(near(skep_hist_percentile(&h, 50), -17.5));
	assert_true(near(skep_hist_percentile(&h, 100), -1));
	from = 77;
	assert_error(skep_hist_bounds(&h, 64, &from, &to), EINVAL);
	assert_true(near(from, 77));
	assert_string_equal(skep_error_last()->hint, "they are 0 to 63");
}

TEST(empty_histogram_has_no_percentiles_and_one_line)
{
	struct skep_hist h = { 0 };
	char text[64];

	assert_true(near(skep_hist_percentile(&h, 50), 0));
	assert_true(near(skep_hist_mean(&h), 0));
	assert_int_equal(skep_hist_format(&h, "ns", text, sizeof(text)), strlen("count 0\n"));
	assert_string_equal(text, "count 0\n");
}

TEST(merge_adds_and_refuses_other_slots_untouched)
{
	struct skep_hist a = { 0 }, b = one_slot(), before, other = { .width = 5, .count = 1 };

	other.slots[1] = 1;
	b.least = 70;
	assert_ok(skep_hist_merge(&a, &b));
	assert_memory_equal(&a, &b, sizeof(a));
	b = one_slot();
	b.most = 100;
	assert_ok(skep_hist_merge(&a, &b));
	assert_int_equal(a.count, 200);
	assert_int_equal(a.slots[7], 200);
	assert_int_equal(a.least, 64);
	assert_int_equal(a.most, 127);
	before = a;
	assert_error(skep_hist_merge(&a, &other), EPROTOTYPE);
	assert_memory_equal(&a, &before, sizeof(a));
	/* Nothing to add: of whatever kind it is. */
	other = (struct skep_hist){ .width = 9 };
	assert_ok(skep_hist_merge(&a, &other));
	assert_memory_equal(&a, &before, sizeof(a));
}

TEST(text_has_a_line_for_each_slot_between_the_first_and_the_last)
{
	struct skep_hist h = { .count = 3, .sum = 9, .least = 1, .most = 4 };
	char text[4096];

	h.slots[1] = 2;
	h.slots[3] = 1;
	skep_hist_format(&h, "ns", text, sizeof(text));
	assert_string_equal(text,
			    "[1, 2) 2 |****************************************\n"
			    "[2, 4) 0 |\n"
			    "[4, 8) 1 |********************\n"
			    "count 3, mean 3 ns, least 1, half below 2, 90% 4, 99% 4, most 4\n");
}

/* The largest there is, in exactly its room and in all smaller ones. */
TEST(text_fits_8192_bytes_and_is_cut_where_it_does_not)
{
	struct skep_hist h = { .from = INT64_MIN, .width = 1ULL << 57, .count = UINT64_MAX };
	char whole[8192], text[8192];
	size_t length;

	h.least = (uint64_t)INT64_MIN;
	h.most = (uint64_t)INT64_MAX;
	for (int i = 0; i < 64; i++)
		h.slots[i] = UINT64_MAX / 64;
	length = skep_hist_format(&h, "sixteen bytes ab", NULL, 0);
	assert_int_equal(skep_hist_format(&h, "sixteen bytes ab", whole, sizeof(whole)), length);
	assert_int_equal(strlen(whole), length);
	for (size_t room = 1; room < sizeof(text); room += 61) {
		memset(text, 'x', sizeof(text));
		assert_int_equal(skep_hist_format(&h, "sixteen bytes ab", text, room), length);
		assert_int_equal(strlen(text), length < room ? length : room - 1);
		assert_int_equal(text[room], 'x');
		assert_memory_equal(text, whole, strlen(text));
	}
}
