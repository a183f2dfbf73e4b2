# Writes *.csv (real, published data shipped in R packages) and the reference results *.json.
# Run from this folder:  Rscript make.R     Results are computed from the CSV as written, never from memory.
source("lib.R"); D <- "./"
put <- function(d, f) { write.csv(d, paste0(D, f), row.names = FALSE, quote = FALSE, na = ""); read.csv(paste0(D, f)) }
out <- function(name, ...) save_json(c(list(dataset = paste0(name, ".csv"), versions = versions()), list(...)), paste0(name, ".json"))

## 1 bh1996: 7382 soldiers, 99 companies, scale scores 1..5 (HRS = hours)
bh <- put(ds("bh1996","multilevel")[c("GRP","COHES","LEAD","HRS","WBEING")], "bh1996.csv")
G <- lapply(setNames(nm = c("COHES","LEAD","WBEING","HRS")), function(v) if (v == "HRS") group_block(bh[[v]], bh$GRP) else group_block(bh[[v]], bh$GRP, 1, 5))
w <- function(v) bh[[v]] - ave(bh[[v]], bh$GRP); gm <- aggregate(bh[-1], bh[1], mean)
out("bh1996", group = "GRP", variables = G,
  published_check = list(source = "jasondmarshall.com/multilevel-steps (walk-through of Bliese 2016, multilevel package tutorial)", WBEING_intercept_var = .03580079, WBEING_residual_var = .78949727, WBEING_icc1_aov = .04336905, WBEING_icc1_lme = .0433792,
    here = c(G$WBEING$reml$tau2, G$WBEING$reml$sigma2, G$WBEING$icc1_anova_mean_n, G$WBEING$reml$icc1)),
  within_group_r = cor(sapply(c("COHES","LEAD","WBEING","HRS"), w)), between_group_r_of_means = cor(gm[c("COHES","LEAD","WBEING","HRS")]), raw_r = cor(bh[c("COHES","LEAD","WBEING","HRS")]), r_matrix_order = c("COHES","LEAD","WBEING","HRS"),
  relative_importance_WBEING = relimp(bh, "WBEING", c("COHES","LEAD","HRS")),
  contextual_model = local({ bh$G.LEAD <- ave(bh$LEAD, bh$GRP); bh$W.LEAD <- bh$LEAD - bh$G.LEAD
    m <- lmer(COHES ~ W.LEAD + G.LEAD + (1|GRP), bh, control = lmerControl(optCtrl = list(ftol_abs = 1e-12, xtol_abs = 1e-12)))
    list(formula = "COHES ~ (LEAD - group mean LEAD) + group mean LEAD + (1|GRP), REML", fixef = as.list(fixef(m)), se = sqrt(diag(as.matrix(vcov(m)))), tau2 = as.data.frame(VarCorr(m))$vcov[1], sigma2 = sigma(m)^2, reml_loglik = as.numeric(logLik(m))) }))
stopifnot(abs(G$WBEING$icc1_anova_mean_n - .04336905) < 5e-9, abs(G$WBEING$reml$icc1 - .0433792) < 5e-7, abs(G$WBEING$reml$tau2 - .03580079) < 1e-6)

## 2 bhr2000: 11 leadership items, 5400 soldiers, 99 companies
b2 <- put(ds("bhr2000","multilevel"), "bhr2000.csv"); it <- names(b2)[2:12]; sc <- rowMeans(b2[it])
out("bhr2000", group = "GRP", lead_items = item_block(b2[it], lo = 1, hi = 5), rwg_j = rwgj_block(b2[it], b2$GRP, 1, 5, skew = 1.34),
  lead_score = group_block(sc, b2$GRP, 1, 5), hrs = group_block(b2$HRS, b2$GRP), relig = group_block(b2$RELIG, b2$GRP, 1, 5),
  item_icc = lapply(setNames(nm = it), function(v) group_block(b2[[v]], b2$GRP, 1, 5, per_group = FALSE)[c("icc1_anova_mean_n","icc1_anova_k0","icc2_anova","reml")]))

## 3 cohesion: 11 people, missing value, tiny teams (hand-checkable)
co <- put(transform(ds("cohesion","multilevel"), TEAM = paste0(UNIT, "-", PLATOON))[c("TEAM","COH01","COH02","COH03","COH04","COH05")], "cohesion.csv"); ci <- paste0("COH0", 1:5)
out("cohesion", group = "TEAM", items = item_block(co[ci], lo = 1, hi = 5, cfa = FALSE), rwg_j = rwgj_block(co[ci], co$TEAM, 1, 5), score = group_block(rowMeans(co[ci], na.rm = TRUE), co$TEAM, 1, 5),
  note = "row 2 lacks COH02: alpha/rwg_j drop it; score = mean of the answered items")

## 4 univbct: 495 soldiers, three waves; wide (one row a person)
u <- ds("univbct","multilevel"); u <- u[!duplicated(u$SUBNUM), c("SUBNUM","BTN","COMPANY", paste0(rep(c("JOBSAT","COMMIT","READY"), each = 3), 1:3))]; u <- put(u, "univbct.csv")
out("univbct", panel_jobsat_commit = panel_block(u, paste0("JOBSAT", 1:3), paste0("COMMIT", 1:3)),
  jobsat1_by_battalion_company = group_block(u$JOBSAT1, paste(u$BTN, u$COMPANY), 1, 5),
  growth = local({ l <- data.frame(id = rep(u$SUBNUM, 3), t = rep(0:2, each = nrow(u)), y = c(u$JOBSAT1, u$JOBSAT2, u$JOBSAT3)); l <- na.omit(l); m <- lmer(y ~ t + (1|id), l, control = lmerControl(optCtrl = list(ftol_abs = 1e-12, xtol_abs = 1e-12)))
    list(formula = "JOBSAT ~ wave(0,1,2) + (1|person), REML", n = nrow(l), fixef = as.list(fixef(m)), se = sqrt(diag(as.matrix(vcov(m)))), tau2 = as.data.frame(VarCorr(m))$vcov[1], sigma2 = sigma(m)^2, reml_loglik = as.numeric(logLik(m))) }))

## 5 Holzinger & Swineford
hs <- put(ds("HolzingerSwineford1939","lavaan")[c("id","school", paste0("x", 1:9))], "holzinger1939.csv")
f3 <- cfa("visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9", hs)
out("holzinger1939", one_factor_x1_x9 = item_block(hs[paste0("x", 1:9)], lo = 0, hi = 10), visual = item_block(hs[paste0("x", 1:3)], lo = 0, hi = 10), textual = item_block(hs[paste0("x", 4:6)], lo = 0, hi = 10), speed = item_block(hs[paste0("x", 7:9)], lo = 0, hi = 10),
  three_factor_cfa = list(fit = as.list(fitMeasures(f3, c("chisq","df","pvalue","cfi","tli","rmsea","srmr","logl"))), estimates = parameterEstimates(f3)[, c("lhs","op","rhs","est","se")], published = "lavaan tutorial: chisq 85.306, df 24, CFI .931, TLI .896, RMSEA .092, SRMR .065"))

## 6 attitude (30 departments) and swiss: relative importance
at <- put(datasets::attitude, "attitude.csv"); sw <- put(datasets::swiss, "swiss.csv")
out("attitude", rating = relimp(at, "rating", c("complaints","privileges","learning","raises","critical","advance")))
out("swiss", fertility = relimp(sw, "Fertility", setdiff(names(sw), "Fertility")))

## 7 Nile: local level
ni <- put(data.frame(year = 1871:1970, flow = as.numeric(datasets::Nile)), "nile.csv"); st <- StructTS(ts(ni$flow), type = "level")
gap <- ni$flow; gap[c(21:40, 61:80)] <- NA
out("nile", level = ll_block(ni$flow, lag = 10L), with_gaps_rows_21_40_and_61_80 = ll_block(gap, lag = 10L), structts = list(level = unname(st$coef["level"]), epsilon = unname(st$coef["epsilon"])),
  published = "Durbin & Koopman: var eps 15099 (15098.5), var eta 1469.1, diffuse logL -632.54; Nile with rows 21-40, 61-80 missing is their missing-data example")

## 8 Dyestuff: balanced, closed form
dy <- put(ds("Dyestuff","lme4")[c("Batch","Yield")], "dyestuff.csv"); out("dyestuff", yield = group_block(dy$Yield, dy$Batch), published = "Bates, lme4 book ch.1: REML variances 1764.05 (batch), 2451.25 (residual), REML criterion 319.6543")

## 9 networks: Coleman boys, fall 1957
data(coleman, package = "sna"); M <- coleman["Fall",,]; write_edges(M, paste0(D, "coleman_fall.csv"))
out("coleman_fall", nodes = 73L, note = "directed 'friend named' ties among 73 boys, ids 1..73; boys without ties count as nodes", network = net_block(M))
data(emon, package = "network"); for (k in c("Cheyenne","Texas","MtSi")) { M <- as.matrix(emon[[k]]); rownames(M) <- colnames(M) <- seq_len(nrow(M)); f <- paste0("emon_", tolower(k)); write_edges(M, paste0(D, f, ".csv")); out(f, nodes = nrow(M), network = net_block(M)) }

## 10 synthetic cases where no real data set exists (algorithms only)
set.seed(11); n <- 60; ev <- data.frame(day = sort(sample(0:400, n)), kept = rbinom(n, 1, .8)); ev <- put(ev, "synthetic_promises.csv")
out("synthetic_promises", note = "synthetic", cases = list(beta_block(ev), beta_block(ev, half_life = 30), beta_block(ev, w_broken = 1), beta_block(ev, half_life = 180, w_broken = 5), beta_block(ev[0, ], now = 0), beta_block(ev, now = 800)))
pulse <- function(seed, sd_level, n0 = 26) { set.seed(seed); wk <- sort(sample(1:40, n0)); mu <- cumsum(c(3.6, rnorm(n0-1, 0, sd_level*sqrt(diff(wk))))); nr <- sample(3:9, n0, TRUE)
  data.frame(week = wk, n = nr, mean = round(mu + rnorm(n0, 0, .7/sqrt(nr)), 3), var = round(.49*rchisq(n0, pmax(nr-1, 1))/pmax(nr-1, 1), 4)) }
for (cs in list(list("synthetic_pulse_flat", 12, .05), list("synthetic_pulse_drift", 13, .20))) { pu <- put(pulse(cs[[2]], cs[[3]]), paste0(cs[[1]], ".csv"))
  s2p <- sum((pu$n-1)*pu$var)/sum(pu$n-1); dt <- c(1, diff(pu$week))
  out(cs[[1]], note = "synthetic, irregular weeks; measurement variance at a wave = pooled within-wave variance / n; level variance is per week; dt[1] is unused (diffuse start)", pooled_within_variance = s2p,
    level_q_estimated = ll_block(pu$mean, H = s2p/pu$n, dt = dt, lag = 4L), level_q_fixed_.01 = ll_block(pu$mean, H = s2p/pu$n, dt = dt, lag = 4L, qfix = .01)) }
out2 <- function(x, f) save_json(x, f)
grid <- expand.grid(n = c(5, 8, 12, 20, 50), sd_diff = c(.5, .8)); grid$mdc95_power80_paired <- mapply(function(n, s) power.t.test(n = n, sd = s, power = .8, type = "paired", sig.level = .05)$delta, grid$n, grid$sd_diff)
out2(list(note = "smallest true change of a team mean found with 80% power, paired t test, two-sided 5%", versions = list(R = as.character(getRversion())), grid = grid,
  power_examples = lapply(list(c(8,.5,.8), c(12,.3,.7), c(20,.5,1)), function(x) list(n = x[1], delta = x[2], sd_diff = x[3], power = power.t.test(n = x[1], delta = x[2], sd = x[3], type = "paired", strict = TRUE)$power)),
  quantiles = list(qt = data.frame(p = c(.95,.975,.995,.975,.975), df = c(4,4,7,1.5,200), q = qt(c(.95,.975,.995,.975,.975), c(4,4,7,1.5,200))), qf = data.frame(p = c(.975,.025,.95), df1 = c(98,98,3), df2 = c(7283,7283,7), q = qf(c(.975,.025,.95), c(98,98,3), c(7283,7283,7))), qbeta = data.frame(p = c(.025,.975,.05,.5), a = c(1,1,30.5,.7), b = c(1,8,4.2,.4), q = qbeta(c(.025,.975,.05,.5), c(1,1,30.5,.7), c(1,8,4.2,.4))), qchisq = data.frame(p = c(.025,.95), df = c(3,250), q = qchisq(c(.025,.95), c(3,250)))),
  cluster_design = list(note = "design effect 1+(m-1)*ICC1; effective n", m = c(5,10,20), icc1 = .1, deff = 1 + (c(5,10,20)-1)*.1)), "power_and_quantiles.json")
cat("all references written\n")
