// The protocol between the runner and a peer in C++; benchmarks/Compare/Peer.cs describes it. Sizes stand in the names of cases.
#pragma once
#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <string>

using Call = std::function<void()>;

inline double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Seconds per call: the least over pieces that are long enough for the clock's own cost to drown.
inline double least(const Call& call, double seconds) {
    const double piece = 0.4e-3;
    int repeats = 1;
    double best = 1e300, end = seconds_now() + seconds;
    for (;;) {
        double start = seconds_now();
        for (int i = 0; i < repeats; i++)
            call();
        double stop = seconds_now();
        if (stop - start < piece) {
            repeats = 1 + int(1.2 * repeats * piece / std::max(1e-9, stop - start));
            continue;
        }
        best = std::min(best, (stop - start) / repeats);
        if (stop > end)
            return best;
    }
}

// make(suite, case): what to time, or nothing for a case that this peer does not have.
inline void serve(const std::string& name, const std::function<Call(const std::string&, const std::string&)>& make) {
    std::cout << "ready " << name << std::endl;
    Call call;
    for (std::string line; std::getline(std::cin, line);)
        try {
            if (line.rfind("open ", 0) == 0) {
                size_t tab = line.find('\t');
                call = make(line.substr(5, tab - 5), line.substr(tab + 1));
                for (int i = 0; call && i < 3; i++)
                    call();
                std::cout << (call ? "ok" : "unknown") << std::endl;
            } else if (line.rfind("time ", 0) == 0) {
                std::cout << least(call, std::stod(line.substr(5))) << std::endl;
            } else {
                call = nullptr;
                std::cout << "ok" << std::endl;
            }
        } catch (const std::exception& problem) {
            std::cout << "error " << problem.what() << std::endl;
        }
}
