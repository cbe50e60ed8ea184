/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_RING_HPP
#define SKEP_CPP_RING_HPP
/**
 * @file cpp/ring.hpp
 * Rings as ranges. Part of skep.hpp.
 */
#include <chrono>

#include <skep/cpp/owner.hpp>

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
 * A range over the records of a ring, which ends when none came for `timeout`; 0: when those there
 * are taken; negative: never. See skep::record_range.
 */
template <typename H>
auto records(const H &handle, std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	if constexpr (detail::check_ring<H>())
		return record_range<H>(handle, static_cast<int>(timeout.count()));
}
template <typename T>
auto records(const owner<T> &handle,
	     std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
{
	return records(handle.get(), timeout);
}

} // namespace skep

#endif
