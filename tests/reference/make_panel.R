# Panels of four waves with gaps, and one without stable differences (an improper solution): invented data, results of
# lavaan by lib.R. Run in this folder:  Rscript make_panel.R
source("lib.R")
simulate <- function(seed, n, waves, stable, paths, gaps) {
  set.seed(seed)
  rx <- rnorm(n, 0, stable); ry <- .4*rx + rnorm(n, 0, .9*stable)
  x <- y <- matrix(0, n, waves); x[, 1] <- rnorm(n); y[, 1] <- .3*x[, 1] + rnorm(n, 0, .9)
  for (t in 2:waves) {
    x[, t] <- paths[1]*x[, t-1] + paths[2]*y[, t-1] + rnorm(n, 0, .8)
    y[, t] <- paths[3]*y[, t-1] + paths[4]*x[, t-1] + .2*x[, t] + rnorm(n, 0, .8) }
  d <- as.data.frame(round(cbind(3 + rx + x, 40 + 6*(ry + y)), 3))
  names(d) <- c(paste0("trust", 1:waves), paste0("bond", 1:waves))
  if (gaps) {
    d[matrix(runif(n*2*waves) < .06, n)] <- NA                      # here and there
    gone <- sample(c(2:waves, rep(99, 3*waves)), n, TRUE)           # or from some wave on
    for (t in 2:waves) d[gone <= t, c(t, waves + t)] <- NA }
  d }
put <- function(d, name) { write.csv(d, paste0(name, ".csv"), row.names = FALSE, quote = FALSE, na = ""); read.csv(paste0(name, ".csv")) }
out <- function(name, waves, d) save_json(list(dataset = paste0(name, ".csv"), versions = versions(),
  panel = panel_block(d, paste0("trust", 1:waves), paste0("bond", 1:waves))), paste0(name, ".json"))
out("synthetic_panel_gaps", 4, put(simulate(4, 500, 4, .6, c(.4, .1, .3, .25), TRUE), "synthetic_panel_gaps"))
out("synthetic_panel_improper", 3, put(simulate(20, 260, 3, 0, c(.1, .3, .1, .3), FALSE), "synthetic_panel_improper"))
