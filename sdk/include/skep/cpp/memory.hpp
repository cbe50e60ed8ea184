/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_MEMORY_HPP
#define SKEP_CPP_MEMORY_HPP
/**
 * @file cpp/memory.hpp
 * Maps as memory: arrays, arenas, and rings that user space writes. Part of skep.hpp.
 *
 * @code{.cpp}
 * typedef SKEP_MAP(uint32_t, struct count) count_map;
 *
 * skep::owner<count_map> counts;
 * skep::memory<struct count> values;
 *
 * if (skep_map_open(counts.out(), object, "counts") || values.map(counts))
 *         return skep_perror("counts");
 * for (const struct count &each : values)
 *         std::printf("%llu\n", each.packets);
 * @endcode
 */
#include <cerrno>

#include <skep/cpp/owner.hpp>

namespace skep
{

/**
 * The values of an mmapable array as plain memory, or what is at the beginning of an arena. Ends
 * with the object. See skep/map/memory.h for what it means that programs write at the same time.
 */
template <typename V> class memory
{
public:
	/* One value behind the other, as the kernel lays them out. */
	class iterator
	{
	public:
		using iterator_category = std::forward_iterator_tag;
		using value_type = V;
		using difference_type = std::ptrdiff_t;
		using pointer = V *;
		using reference = V &;

		iterator(const memory *of, size_t at) : of_(of), at_(at)
		{
		}
		reference operator*() const noexcept
		{
			return (*of_)[at_];
		}
		iterator &operator++()
		{
			at_++;
			return *this;
		}
		bool operator!=(const iterator &other) const noexcept
		{
			return at_ != other.at_;
		}
		bool operator==(const iterator &other) const noexcept
		{
			return at_ == other.at_;
		}

	private:
		const memory *of_;
		size_t at_;
	};

	memory() = default;
	memory(memory &&other) noexcept : memory_(std::exchange(other.memory_, skep_memory()))
	{
	}
	memory &operator=(memory &&other) noexcept
	{
		unmap();
		memory_ = std::exchange(other.memory_, skep_memory());
		return *this;
	}
	~memory()
	{
		unmap();
	}

	/** Maps an array of SKEP_ARRAY_MMAP(), or an arena of SKEP_ARENA(). */
	template <typename X> [[nodiscard]] int map(const X &handle)
	{
		using H = detail::plain_t<X>;

		if constexpr (detail::check_map<H>()) {
			static_assert(detail::has_access<H, SKEP_ACCESS_KEYED, SKEP_ACCESS_ARENA>,
				      "skep: only arrays and arenas are memory");
			unmap();
			if constexpr (detail::has_access<H, SKEP_ACCESS_ARENA>)
				return skep_arena_map_raw(detail::plain(handle).map, &memory_,
							  sizeof(V));
			else if constexpr (detail::check_value<H, V>())
				return skep_map_memory_raw(detail::plain(handle).map, &memory_);
		}
		return -EINVAL;
	}
	/** Ends the mapping. */
	void unmap() noexcept
	{
		skep_memory_free_raw(&memory_);
		memory_ = skep_memory();
	}
	/** How many values there are; 0 where nothing is mapped. */
	size_t size() const noexcept
	{
		return memory_.count;
	}
	/** Whether they may be written. */
	bool is_writable() const noexcept
	{
		return memory_.writable != 0;
	}
	/** The i-th value, with i below size(): nothing checks it. */
	V &operator[](size_t i) const noexcept
	{
		void *const at = static_cast<unsigned char *>(memory_.base) + i * stride;

		return *static_cast<V *>(at);
	}
	iterator begin() const noexcept
	{
		return iterator(this, 0);
	}
	iterator end() const noexcept
	{
		return iterator(this, size());
	}

private:
	static constexpr size_t stride = (sizeof(V) + 7) / 8 * 8;

	skep_memory memory_ = skep_memory();
};

/**
 * The end of a user ring buffer that user space writes: see skep/map/user_ring.h.
 *
 * @code{.cpp}
 * typedef SKEP_USER_RING(struct count) count_ring;
 *
 * skep::owner<count_ring> ring;
 * skep::writer<struct count> writer;
 *
 * if (skep_map_open(ring.out(), object, "ring") || writer.open(ring) ||
 *     writer.write({ 7 }))
 *         return skep_perror("ring");
 * @endcode
 */
template <typename T> class writer
{
public:
	/** Maps the ring: see skep_user_ring_new_raw(). */
	template <typename X> [[nodiscard]] int open(const X &handle)
	{
		using H = detail::plain_t<X>;

		if constexpr (detail::check_map<H>()) {
			static_assert(detail::has_access<H, SKEP_ACCESS_USER_RING>,
				      "skep: this is not a handle of SKEP_USER_RING()");
			if constexpr (detail::has_access<H, SKEP_ACCESS_USER_RING> &&
				      detail::check_value<H, T>())
				return skep_user_ring_new_raw(ring_.out(),
							      detail::plain(handle).map);
		}
		return -EINVAL;
	}
	/** Writes one record, and waits up to `timeout_ms` for room: skep_user_ring_reserve_raw(). */
	[[nodiscard]] int write(const T &record, int timeout_ms = 0)
	{
		void *at = nullptr;
		const int err = skep_user_ring_reserve_raw(ring_, &at, sizeof(T), timeout_ms);

		if (err)
			return err;
		*static_cast<T *>(at) = record;
		return skep_user_ring_submit_raw(ring_, at);
	}
	/** Borrows the C ring. */
	operator skep_user_ring *() const noexcept
	{
		return ring_;
	}

private:
	owner<skep_user_ring> ring_;
};

} // namespace skep

#endif
