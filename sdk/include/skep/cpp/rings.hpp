/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_RINGS_HPP
#define SKEP_CPP_RINGS_HPP
/**
 * @file cpp/rings.hpp
 * Many rings, in any order and in the order of time, as ranges. Part of skep.hpp.
 *
 * @code{.cpp}
 * struct timed { uint64_t time; uint32_t pid; };
 * typedef SKEP_RINGS(timed) timed_rings;
 * typedef SKEP_MERGE(timed) timed_merge;
 *
 * using namespace std::chrono_literals;
 * skep::owner<timed_rings> rings;
 * skep::owner<timed_merge> ordered;
 *
 * if (skep_rings_open(rings.out(), object, "events", nullptr) ||
 *     skep::merge(ordered, rings, &timed::time))
 *         return skep_perror("events");
 * auto all = skep::records(ordered, 1s);           // until a second passes without one
 *
 * for (const timed &e : all)
 *         std::printf("%u\n", e.pid);
 * if (all.error())
 *         return skep_perror("events");
 * @endcode
 */
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <skep/cpp/owner.hpp>
#include <skep/merge.h>
#include <skep/rings.h>

namespace skep
{

/** Records of many rings, read in place: see skep_rings_foreach(). Made by skep::records(). */
template <typename H> class rings_range
{
public:
	using value_type = typename detail::rings_of<H>::record_type;
	using iterator = detail::cursor<rings_range, value_type>;

	rings_range(const H &handle, int timeout_ms)
		: rings_(handle.rings), timeout_ms_(timeout_ms),
		  walk_(skep_ring_walk_begin_(skep_rings_ring(rings_, skep_rings_current(rings_)),
					      &error_))
	{
	}
	rings_range(const rings_range &) = delete;
	rings_range &operator=(const rings_range &) = delete;
	~rings_range()
	{
		skep_ring_walk_end_(&walk_);
	}
	iterator begin()
	{
		return iterator(this);
	}
	end_of_range end() const noexcept
	{
		return {};
	}
	/** After the loop: 0 when none came in time, or a negative errno. */
	int error() const noexcept
	{
		return error_;
	}

	bool next()
	{
		record_ = static_cast<const value_type *>(skep_rings_walk_next_(
			rings_, &walk_, sizeof(value_type), timeout_ms_, &error_));
		return record_ != nullptr;
	}
	const value_type *current() const noexcept
	{
		return record_;
	}

private:
	const value_type *record_ = nullptr;
	skep_rings *rings_;
	int timeout_ms_;
	int error_ = 0;
	skep_ring_walk_ walk_;
};

/** Records in the order of time: see skep_merge_foreach(). Made by skep::records(). */
template <typename H> class merge_range
{
public:
	using value_type = typename detail::merge_of<H>::record_type;
	using iterator = detail::cursor<merge_range, value_type>;

	merge_range(const H &handle, int timeout_ms) : merge_(handle.merge), timeout_ms_(timeout_ms)
	{
	}
	merge_range(const merge_range &) = delete;
	merge_range &operator=(const merge_range &) = delete;
	iterator begin()
	{
		return iterator(this);
	}
	end_of_range end() const noexcept
	{
		return {};
	}
	/** After the loop: 0 when none came in time, or a negative errno. */
	int error() const noexcept
	{
		return error_;
	}

	bool next()
	{
		record_ = static_cast<const value_type *>(
			skep_merge_each_raw(merge_, nullptr, timeout_ms_, &error_));
		return record_ != nullptr;
	}
	const value_type *current() const noexcept
	{
		return record_;
	}

private:
	const value_type *record_ = nullptr;
	skep_merge *merge_;
	int timeout_ms_;
	int error_ = 0;
};

namespace detail
{

template <typename M, typename H, typename T, typename N> constexpr bool check_merge()
{
	static_assert(merge_of<M>::value, "skep: this is not a handle of SKEP_MERGE()");
	if constexpr (check_rings<H>() && merge_of<M>::value) {
		using record = typename rings_of<H>::record_type;

		static_assert(std::is_same_v<typename merge_of<M>::record_type, record> &&
				      std::is_same_v<T, record>,
			      "skep: this is not the rings' record type");
		static_assert(std::is_integral_v<N> && sizeof(N) == 8,
			      "skep: a time is a member of 8 bytes, in nanoseconds");
		static_assert(std::is_standard_layout_v<T>, "skep: records are plain data");
		return std::is_same_v<typename merge_of<M>::record_type, record> &&
		       std::is_same_v<T, record> && std::is_integral_v<N> && sizeof(N) == 8 &&
		       std::is_standard_layout_v<T>;
	}
	return false;
}

/* Where a member lies, of a struct that nobody has to make for it. */
template <typename T, typename N> size_t offset_of(N T::*member)
{
	alignas(T) static const unsigned char place[sizeof(T)] = {};
	const T *at = reinterpret_cast<const T *>(place);

	return static_cast<size_t>(reinterpret_cast<const unsigned char *>(&(at->*member)) - place);
}

} // namespace detail

/** Merges rings by a member that is their records' time: skep_merge_new(). */
template <typename M, typename H, typename T, typename N>
[[nodiscard]] int merge(owner<M> &out, const H &rings, N T::*time,
			const skep_merge_opts *options = nullptr)
{
	using handle = detail::plain_t<H>;

	if constexpr (detail::check_merge<M, handle, T, N>()) {
		skep_merge *made = nullptr;
		const int err = skep_merge_new_raw(&made, detail::plain(rings).rings,
						   detail::offset_of(time), options);

		if (!err)
			out.out()->merge = made;
		return err;
	}
	return -EINVAL;
}

} // namespace skep

#endif
