suppressPackageStartupMessages(library(jsonlite))
# Percentile intervals of LMG by a bootstrap over companies, with R's own random numbers.
d <- read.csv("bh1996.csv"); xs <- c("COHES", "LEAD", "HRS"); y <- "WBEING"; p <- 3
perms <- list(c(1,2,3), c(1,3,2), c(2,1,3), c(2,3,1), c(3,1,2), c(3,2,1))
lmg <- function(R) { r2 <- function(s) if (!length(s)) 0 else drop(R[s, 4] %*% solve(R[s, s, drop = FALSE], R[s, 4]))
  g <- matrix(0, 6, 3); for (k in 1:6) { s <- integer(0); for (i in perms[[k]]) { g[k, i] <- r2(c(s, i)) - r2(s); s <- c(s, i) } }; colMeans(g) }
by <- split(d[c(xs, y)], d$GRP); S <- lapply(by, function(z) { z <- as.matrix(z); list(n = nrow(z), s = colSums(z), q = crossprod(z)) })
set.seed(20); B <- 20000; out <- matrix(0, B, 4)
for (b in 1:B) { k <- sample(length(S), replace = TRUE); n <- 0; s <- 0; q <- 0; for (j in k) { n <- n + S[[j]]$n; s <- s + S[[j]]$s; q <- q + S[[j]]$q }
  R <- cov2cor((q - tcrossprod(s)/n)/(n - 1)); l <- lmg(R); out[b, ] <- c(l, sum(l)) }
write(toJSON(list(dataset = "bh1996.csv", note = "LMG of COHES, LEAD, HRS with WBEING and R2: 2.5 and 97.5 percentiles, bootstrap over GRP, Monte Carlo", resamples = B,
  lmg = lapply(1:3, function(i) unname(quantile(out[, i], c(.025, .975)))), R2 = unname(quantile(out[, 4], c(.025, .975)))), auto_unbox = TRUE, digits = I(17), pretty = TRUE), "bh1996_bootstrap.json")
