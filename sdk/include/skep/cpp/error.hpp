/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_ERROR_HPP
#define SKEP_CPP_ERROR_HPP
/**
 * @file cpp/error.hpp
 * Errors as exceptions, for those who ask. Part of skep.hpp.
 */
#include <stdexcept>
#include <string>

#include <skep/error.h>

namespace skep
{

/** What skep::check() throws: a copy of skep_error_last(). */
class error : public std::runtime_error
{
public:
	explicit error(const skep_error &from)
		: std::runtime_error(from.message), code_(from.code),
		  hint_(from.hint ? from.hint : ""), log_(from.log ? from.log : "")
	{
	}
	/** A positive errno. */
	int code() const noexcept
	{
		return code_;
	}
	/** What to do on this machine; may be empty. */
	const std::string &hint() const noexcept
	{
		return hint_;
	}
	/** The verifier's log, where there is one. */
	const std::string &log() const noexcept
	{
		return log_;
	}

private:
	int code_;
	std::string hint_, log_;
};

#ifdef __cpp_exceptions
/** Throws skep::error unless `result`, which a call of skep just returned, is 0 or more. */
inline void check(int result)
{
	if (result < 0)
		throw error(*skep_error_last());
}
#endif

} // namespace skep

#endif
