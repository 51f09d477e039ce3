// OpenBLAS beside the runner: products by gemm, with one column or row by gemv, many small ones in a loop.
// Debian: apt-get install g++ libopenblas-dev; g++ -O2 -std=c++17 openblas.cpp -lopenblas
#include <cblas.h>
#include <cstdio>
#include <memory>
#include <random>
#include <vector>
#include "peer.hpp"

template <class T> using Data = std::shared_ptr<std::vector<T>>;

template <class T> Data<T> uniform(size_t count) {
    std::mt19937 random(1);
    std::uniform_real_distribution<T> between(-1, 1);
    auto data = std::make_shared<std::vector<T>>(count);
    for (T& x : *data)
        x = between(random);
    return data;
}

static void gemm(int m, int k, int n, const float* a, const float* b, float* c) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 0, c, n);
}

static void gemm(int m, int k, int n, const double* a, const double* b, double* c) {
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 0, c, n);
}

template <class T> Call product(int count, int m, int k, int n) {
    auto a = uniform<T>(size_t(count) * m * k), b = uniform<T>(size_t(count) * k * n), c = uniform<T>(size_t(count) * m * n);
    return [=] {
        for (size_t i = 0; i < size_t(count); i++)
            gemm(m, k, n, a->data() + i * m * k, b->data() + i * k * n, c->data() + i * m * n);
    };
}

// y = a x, or y = x a for a row x.
static Call matrix_vector(int rows, int columns, CBLAS_TRANSPOSE transpose) {
    auto a = uniform<float>(size_t(rows) * columns), x = uniform<float>(std::max(rows, columns)), y = uniform<float>(std::max(rows, columns));
    return [=] { cblas_sgemv(CblasRowMajor, transpose, rows, columns, 1, a->data(), columns, x->data(), 1, 0, y->data(), 1); };
}

static Call make(const std::string& suite, const std::string& name) {
    int count, m, k, n, length = 0;
    if (suite != "gemm")
        return nullptr;
    if (std::sscanf(name.c_str(), "%d products %dx%dx%d%n", &count, &m, &k, &n, &length) == 4 && name.substr(length).empty()) {
        openblas_set_num_threads(1);
        return product<float>(count, m, k, n);
    }
    if (std::sscanf(name.c_str(), "gemm %dx%dx%d%n", &m, &k, &n, &length) != 3)
        return nullptr;
    std::string rest = name.substr(length);
    openblas_set_num_threads(rest == ", 2 threads" ? 2 : 1);
    if (rest == " float64")
        return product<double>(1, m, k, n);
    if (!rest.empty() && rest != ", 2 threads")
        return nullptr;
    return n == 1 ? matrix_vector(m, k, CblasNoTrans) : m == 1 ? matrix_vector(k, n, CblasTrans) : product<float>(1, m, k, n);
}

int main() {
    std::string config = openblas_get_config();
    serve("openblas " + config.substr(9, config.find(' ', 9) - 9), make);
}
