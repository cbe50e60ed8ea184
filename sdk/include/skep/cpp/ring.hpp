/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_RING_HPP
#define SKEP_CPP_RING_HPP
/**
 * @file cpp/ring.hpp
 * Rings as ranges. Part of skep.hpp.
 */
#include <cerrno>
#include <chrono>

#include <skep/cpp/owner.hpp>
#include <skep/cpp/rings.hpp>

namespace skep
{

/**
 * Records of a ring, read in place: see skep_ring_foreach(). Made by skep::records(). A record is
 * valid until the next one is taken.
 *
 * @code{.cpp}
 * using namespace std::chrono_literals;
 * auto all = skep::records(events, 1s);            // until a second passes without one
 *
 * for (const exec_event &e : all)
 *         std::printf("%u %s\n", e.pid, e.comm);
 * if (all.error())
 *         return skep_perror("events");
 * @endcode
 */
template <typename H> class record_range
{
public:
	using value_type = typename detail::ring_of<H>::record_type;
	using iterator = detail::cursor<record_range, value_type>;

	record_range(const H &handle, int timeout_ms)
		: timeout_ms_(timeout_ms), walk_(skep_ring_walk_begin_(handle.ring, &error_))
	{
	}
	record_range(const record_range &) = delete;
	record_range &operator=(const record_range &) = delete;
	~record_range()
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
		record_ = static_cast<const value_type *>(
			skep_ring_walk_next_(&walk_, sizeof(value_type), timeout_ms_, &error_));
		return record_ != nullptr;
	}
	const value_type *current() const noexcept
	{
		return record_;
	}

private:
	const value_type *record_ = nullptr;
	int timeout_ms_;
	int error_ = 0;
	skep_ring_walk_ walk_;
};

/**
 * A range over the records of a ring, of rings, or of a merge, which ends when none came for `timeout`; 0: when those there
 * are taken; negative: never. See skep::record_range.
 */
template <typename H>
auto records(const H &handle, std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	if constexpr (detail::rings_of<H>::value)
		return rings_range<H>(handle, static_cast<int>(timeout.count()));
	else if constexpr (detail::merge_of<H>::value)
		return merge_range<H>(handle, static_cast<int>(timeout.count()));
	else if constexpr (detail::check_ring<H>())
		return record_range<H>(handle, static_cast<int>(timeout.count()));
}
template <typename T>
auto records(const owner<T> &handle,
	     std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	return records(handle.get(), timeout);
}

/** Where std::chrono's steady clock is what the library's is: CLOCK_MONOTONIC. */
using deadline = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

namespace detail
{

/* Calls with an untyped record, and gives back a typed one. */
template <typename T, typename F> int take(const T *&record, F &&call)
{
	const void *at = nullptr;
	const int err = call(&at);

	if (!err)
		record = static_cast<const T *>(at);
	return err;
}

inline int as_ms(std::chrono::milliseconds timeout)
{
	return static_cast<int>(timeout.count());
}

} // namespace detail

/**
 * Takes the next record of a ring, of rings, or of a merge, in place: skep_ring_next(). A negative
 * timeout is for ever.
 */
template <typename H, typename T>
[[nodiscard]] int next(const H &handle, const T *&record,
		       std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	if constexpr (detail::rings_of<H>::value) {
		if constexpr (detail::check_rings_record<H, T>())
			return detail::take(record, [&](const void **at) {
				return skep_rings_next_raw(handle.rings, at, nullptr,
							   detail::as_ms(timeout));
			});
	} else if constexpr (detail::merge_of<H>::value) {
		if constexpr (detail::check_merge_record<H, T>())
			return detail::take(record, [&](const void **at) {
				return skep_merge_next_raw(handle.merge, at, nullptr,
							   detail::as_ms(timeout));
			});
	} else if constexpr (detail::check_record<H, T>())
		return detail::take(record, [&](const void **at) {
			return skep_ring_next_raw(handle.ring, at, nullptr, detail::as_ms(timeout));
		});
	return -EINVAL;
}
/** Takes the next record, waiting up to a point in time: skep_ring_next_until(). */
template <typename H, typename T>
[[nodiscard]] int next_until(const H &handle, const T *&record, deadline until)
{
	if constexpr (detail::check_record<H, T>())
		return detail::take(record, [&](const void **at) {
			const auto ns = until.time_since_epoch().count();

			return skep_ring_next_until_raw(handle.ring, at, nullptr,
							ns > 0 ? static_cast<uint64_t>(ns) : 0);
		});
	return -EINVAL;
}
/** Looks at the next record and leaves it in the ring: skep_ring_peek(). */
template <typename H, typename T>
[[nodiscard]] int peek(const H &handle, const T *&record,
		       std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	if constexpr (detail::check_record<H, T>())
		return detail::take(record, [&](const void **at) {
			return skep_ring_peek_raw(handle.ring, at, nullptr, detail::as_ms(timeout));
		});
	return -EINVAL;
}
/** Takes the next record as a copy: skep_ring_copy(). */
template <typename H, typename T>
[[nodiscard]] int copy(const H &handle, T &out,
		       std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	if constexpr (detail::check_record<H, T>()) {
		static_assert(std::is_trivially_copyable_v<T>, "skep: records are plain data");
		return skep_ring_copy_raw(handle.ring, &out, sizeof(out), nullptr,
					  detail::as_ms(timeout));
	}
	return -EINVAL;
}
/** Takes what lies ready, up to N records: how many, or a negative errno: skep_ring_batch(). */
template <typename H, typename T, size_t N>
[[nodiscard]] int batch(const H &handle, const T *(&records)[N],
			std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	if constexpr (detail::check_record<H, T>()) {
		const void *at[N];
		const int count =
			skep_ring_batch_raw(handle.ring, at, nullptr, N, detail::as_ms(timeout));

		for (int i = 0; i < count; i++)
			records[i] = static_cast<const T *>(at[i]);
		return count;
	}
	return -EINVAL;
}

/* The same for owners of a ring. */
template <typename H, typename T>
[[nodiscard]] int next(const owner<H> &handle, const T *&record,
		       std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	return next(handle.get(), record, timeout);
}
template <typename H, typename T>
[[nodiscard]] int next_until(const owner<H> &handle, const T *&record, deadline until)
{
	return next_until(handle.get(), record, until);
}
template <typename H, typename T>
[[nodiscard]] int peek(const owner<H> &handle, const T *&record,
		       std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	return peek(handle.get(), record, timeout);
}
template <typename H, typename T>
[[nodiscard]] int copy(const owner<H> &handle, T &out,
		       std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	return copy(handle.get(), out, timeout);
}
template <typename H, typename T, size_t N>
[[nodiscard]] int batch(const owner<H> &handle, const T *(&records)[N],
			std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	return batch(handle.get(), records, timeout);
}

} // namespace skep

#endif
