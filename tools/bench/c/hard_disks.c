// Own reference code. gcc -O3 -march=native -ffp-contract=off
// Hard-disk kernel: naive sweep, SIMD naive sweep, exact Verlet/cell list sweep.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <math.h>
#include <time.h>
#define R 5.0
#define D2 100.0
#define E 0.9
#define EW (-0.8)
#define DT 0.1
typedef struct { uint32_t s[624]; int p; } MT;
static void mt_seed(MT*m, uint32_t v){ for(int i=0;i<624;i++){ m->s[i]=v; v=1812433253u*(v^(v>>30))+i+1; } m->p=624; }
static uint32_t mt_u32(MT*m){ uint32_t*s=m->s;
  if(m->p==624){ for(int k=0;k<624;k++){ uint32_t y=(s[k]&0x80000000u)|(s[(k+1)%624]&0x7fffffffu); s[k]=s[(k+397)%624]^(y>>1)^((y&1)?0x9908b0dfu:0);} m->p=0; }
  uint32_t y=s[m->p++]; y^=y>>11; y^=(y<<7)&0x9d2c5680u; y^=(y<<15)&0xefc60000u; return y^(y>>18); }
static double mt_real(MT*m){ uint32_t a=mt_u32(m)>>5, b=mt_u32(m)>>6; return (a*67108864.0+b)/9007199254740992.0; }

typedef struct { int n; double W,H; double *x,*y,*vx,*vy; int64_t pc,wc;
  // verlet list
  double skin, lim2; double *x0,*y0; int *row,*nbr; int cap; int *cell,*cs,*cid; double *cx,*cy; int ncx,ncy; int valid; int64_t nbuild,nmid,ntest;
  // local re-anchoring after an in-sweep escape
  int *ovh,*xh; int *ovn,*ovi; int novf,ovcap; int *xn,*xj; int nx,xcap; int *tc; int ntc; int *tr; int ntr; int buf[4096]; int dirty;
} S;
static void* al(size_t b){ void*p=NULL; if(posix_memalign(&p,64,b+128)) abort(); memset(p,0,b+128); return p; }
static S* mk(int n,double W,double H){ S*s=calloc(1,sizeof(S)); s->n=n;s->W=W;s->H=H; size_t b=n*8;
  s->x=al(b);s->y=al(b);s->vx=al(b);s->vy=al(b);s->x0=al(b);s->y0=al(b);s->cx=al(b);s->cy=al(b);
  s->row=al(n*4+4); s->xh=al(n*4); for(int i=0;i<n;i++) s->xh[i]=-1; s->tr=al(n*4); s->ovcap=s->xcap=1024; s->ovn=al(4096);s->ovi=al(4096);s->xn=al(4096);s->xj=al(4096);s->cell=al(n*4);s->cid=al(n*4); s->cap=n*4+64; s->nbr=al(s->cap*4); return s; }
static void init(S*s,uint32_t seed){ MT m; mt_seed(&m,seed); for(int i=0;i<s->n;i++){ s->x[i]=mt_real(&m)*(s->W-10.0)+5.0; s->y[i]=mt_real(&m)*(s->H-10.0)+5.0; }
  for(int i=0;i<s->n;i++){ s->vx[i]=(mt_real(&m)-0.5)*40.0; s->vy[i]=(mt_real(&m)-0.5)*40.0; } s->pc=s->wc=0; s->valid=0; }
static inline void move_walls(S*s){ int n=s->n; double W=s->W,H=s->H; double*restrict x=s->x,*restrict y=s->y,*restrict vx=s->vx,*restrict vy=s->vy; int wc=0;
  double hx=W-5.0, hy=H-5.0;
  for(int i=0;i<n;i++){ double px=x[i]+vx[i]*DT, py=y[i]+vy[i]*DT, ux=vx[i], uy=vy[i];
    int a=px-5.0<0, b=px+5.0>W, c=py-5.0<0, d=py+5.0>H;
    px=a?5.0:(b?hx:px); ux=(a|b)?ux*EW:ux; py=c?5.0:(d?hy:py); uy=(c|d)?uy*EW:uy;
    x[i]=px;y[i]=py;vx[i]=ux;vy[i]=uy; wc+=(a|b|c|d); }
  s->wc+=wc; }
// variant: 0=python (pull together), 1=cython (push apart). returns 1 when positions may have changed
static inline __attribute__((always_inline)) int hit(S*s,int i,int j,double dx,double dy,double d2,int variant){
  double*x=s->x,*y=s->y,*vx=s->vx,*vy=s->vy;
  if(variant==0 && d2==0) return 0;
  double rv=dx*(vx[i]-vx[j])+dy*(vy[i]-vy[j]); if(rv>0) return 0;
  s->pc++;
  double d=sqrt(d2); if(!(d>0)) return 0;
  double nx=dx/d, ny=dy/d, a=vx[i]*nx+vy[i]*ny, b=vx[j]*nx+vy[j]*ny;
  vx[i]+=(b-a)*nx*E; vy[i]+=(b-a)*ny*E; vx[j]+=(a-b)*nx*E; vy[j]+=(a-b)*ny*E;
  double h=(10.0-d)/2; if(variant==0){ if(h>0){ x[i]-=h*nx;y[i]-=h*ny;x[j]+=h*nx;y[j]+=h*ny; } } else { x[i]+=h*nx;y[i]+=h*ny;x[j]-=h*nx;y[j]-=h*ny; }
  return 1; }
static void sweep_naive(S*s,int variant){ int n=s->n; double*x=s->x,*y=s->y;
  for(int i=0;i<n;i++) for(int j=i+1;j<n;j++){ double dx=x[i]-x[j],dy=y[i]-y[j],d2=dx*dx+dy*dy; if(__builtin_expect(d2<D2,0)) hit(s,i,j,dx,dy,d2,variant); } }
#ifndef VL
#ifdef __AVX512F__
#define VL 8
#else
#define VL 4
#endif
#endif
typedef double vd __attribute__((vector_size(VL*8),aligned(8)));
typedef long long vl __attribute__((vector_size(VL*8)));
static inline __attribute__((always_inline)) int any(vl m){ long long r=0; for(int k=0;k<VL;k++) r|=m[k]; return r!=0; }
#if VL==8
#include <immintrin.h>
#endif
static void sweep_simd(S*s,int variant){ int n=s->n; double*x=s->x,*y=s->y;
  for(int i=0;i<n;i++){ int j=i+1; double xi=x[i],yi=y[i];
    for(;j+2*VL<=n;j+=2*VL){
#if VL==8
      __m512d X=_mm512_set1_pd(xi),Y=_mm512_set1_pd(yi);
      __m512d ax=_mm512_sub_pd(X,_mm512_loadu_pd(x+j)),ay=_mm512_sub_pd(Y,_mm512_loadu_pd(y+j));
      __m512d bx=_mm512_sub_pd(X,_mm512_loadu_pd(x+j+8)),by=_mm512_sub_pd(Y,_mm512_loadu_pd(y+j+8));
      __m512d da=_mm512_add_pd(_mm512_mul_pd(ax,ax),_mm512_mul_pd(ay,ay)),db=_mm512_add_pd(_mm512_mul_pd(bx,bx),_mm512_mul_pd(by,by));
      int m=_mm512_cmp_pd_mask(da,_mm512_set1_pd(D2),_CMP_LT_OQ)|_mm512_cmp_pd_mask(db,_mm512_set1_pd(D2),_CMP_LT_OQ);
      if(__builtin_expect(m,0))
#else
      vd X=xi-(vd){0},Y=yi-(vd){0}; vd ax=X-*(vd*)(x+j),ay=Y-*(vd*)(y+j),bx=X-*(vd*)(x+j+VL),by=Y-*(vd*)(y+j+VL);
      vl m=((ax*ax+ay*ay)<D2)|((bx*bx+by*by)<D2);
      if(__builtin_expect(any(m),0))
#endif
      { for(int k=j;k<j+2*VL;k++){ double dx=x[i]-x[k],dy=y[i]-y[k],d2=dx*dx+dy*dy; if(d2<D2) hit(s,i,k,dx,dy,d2,variant); } xi=x[i];yi=y[i]; } }
    for(;j<n;j++){ double dx=x[i]-x[j],dy=y[i]-y[j],d2=dx*dx+dy*dy; if(d2<D2) hit(s,i,j,dx,dy,d2,variant); } } }
// ---- exact list version -------------------------------------------------
// Invariant: every pair whose reference distance < 10+skin is in row min(i,j), sorted;
// while both members stay within skin/2 of their reference spot, no unlisted pair can be in range.
static void build(S*s){ int n=s->n; double rc=2*R+s->skin, rc2=rc*rc; s->nbuild++;
  int ncx=(int)floor(s->W/rc), ncy=(int)floor(s->H/rc); if(ncx<1)ncx=1; if(ncy<1)ncy=1;
  // no point in more cells than ~2N
  while((double)ncx*ncy>2.0*n+16){ ncx=(ncx+1)/2; ncy=(ncy+1)/2; }
  if(ncx!=s->ncx||ncy!=s->ncy){ free(s->cs);free(s->ovh); s->cs=al(((size_t)ncx*ncy+1)*4); s->ovh=al((size_t)ncx*ncy*4); memset(s->ovh,0xff,(size_t)ncx*ncy*4); s->novf=0; s->ncx=ncx; s->ncy=ncy; }
  int nc=ncx*ncy; int*cs=s->cs; memset(cs,0,(nc+1)*4); double ix=ncx/s->W, iy=ncy/s->H;
  for(int i=0;i<n;i++){ int a=(int)(s->x[i]*ix), b=(int)(s->y[i]*iy); if(s->x[i]<0)a=0; if(s->y[i]<0)b=0; if(a>=ncx)a=ncx-1; if(b>=ncy)b=ncy-1; int c=b*ncx+a; s->cell[i]=c; cs[c+1]++; s->x0[i]=s->x[i]; s->y0[i]=s->y[i]; }
  for(int c=0;c<nc;c++) cs[c+1]+=cs[c];
  for(int i=0;i<n;i++){ int p=cs[s->cell[i]]++; s->cid[p]=i; s->cx[p]=s->x[i]; s->cy[p]=s->y[i]; }
  for(int c=nc;c>0;c--) cs[c]=cs[c-1]; cs[0]=0;
  int k=0; for(int i=0;i<n;i++){ s->row[i]=k; int c=s->cell[i], a=c%ncx, b=c/ncx; int a0=a>0?a-1:0,a1=a<ncx-1?a+1:a,b0=b>0?b-1:0,b1=b<ncy-1?b+1:b; double xi=s->x[i],yi=s->y[i]; int st=k;
    for(int bb=b0;bb<=b1;bb++){ int p=cs[bb*ncx+a0], q=cs[bb*ncx+a1+1];
      if(k+(q-p)>s->cap){ s->cap=(k+(q-p))*2; s->nbr=realloc(s->nbr,(size_t)s->cap*4); }
      for(;p<q;p++){ double dx=xi-s->cx[p],dy=yi-s->cy[p]; s->nbr[k]=s->cid[p]; k+=(s->cid[p]>i)&(dx*dx+dy*dy<rc2); } }
    for(int u=st+1;u<k;u++){ int v=s->nbr[u],w=u-1; while(w>=st&&s->nbr[w]>v){ s->nbr[w+1]=s->nbr[w]; w--; } s->nbr[w+1]=v; } }
  s->row[n]=k; s->lim2=s->skin*s->skin*0.25*(1-1e-9); s->valid=1; }
static inline int out(S*s,int i){ double dx=s->x[i]-s->x0[i],dy=s->y[i]-s->y0[i]; return dx*dx+dy*dy>s->lim2; }
static inline int cellof(S*s,double px,double py){ int a=(int)(px*(s->ncx/s->W)), b=(int)(py*(s->ncy/s->H)); if(px<0)a=0; if(py<0)b=0; if(a>=s->ncx)a=s->ncx-1; if(b>=s->ncy)b=s->ncy-1; return b*s->ncx+a; }
static void addx(S*s,int m,int k,int i,int j){ int lo=m<k?m:k, hi=m<k?k:m; if(lo<i||(lo==i&&hi<=j)) return;
  if(s->nx==s->xcap){ s->xcap*=2; s->xn=realloc(s->xn,s->xcap*4); s->xj=realloc(s->xj,s->xcap*4); }
  s->xj[s->nx]=hi; s->xn[s->nx]=s->xh[lo]; s->xh[lo]=s->nx++; }
// particle m left its skin: give it a new anchor and list every pair that this makes possible and that is still to come after (i,j)
static void reanchor(S*s,int m,int i,int j){ s->nmid++; s->dirty=1; double ax=s->x[m],ay=s->y[m]; s->x0[m]=ax; s->y0[m]=ay; int c=cellof(s,ax,ay), a=c%s->ncx,b=c/s->ncx; double rc=2*R+s->skin,rc2=rc*rc;
  int a0=a>0?a-1:0,a1=a<s->ncx-1?a+1:a,b0=b>0?b-1:0,b1=b<s->ncy-1?b+1:b;
  for(int bb=b0;bb<=b1;bb++) for(int p=s->cs[bb*s->ncx+a0],q=s->cs[bb*s->ncx+a1+1];p<q;p++){ int k=s->cid[p]; double dx=ax-s->x0[k],dy=ay-s->y0[k]; if(dx*dx+dy*dy<rc2&&k!=m) addx(s,m,k,i,j); }
  for(int bb=b0;bb<=b1;bb++) for(int aa=a0;aa<=a1;aa++) for(int t=s->ovh[bb*s->ncx+aa];t>=0;t=s->ovn[t]){ int k=s->ovi[t]; double dx=ax-s->x0[k],dy=ay-s->y0[k]; if(dx*dx+dy*dy<rc2&&k!=m) addx(s,m,k,i,j); }
  if(c!=s->cell[m]){ s->cell[m]=c; if(s->novf==s->ovcap){ s->ovcap*=2; s->ovn=realloc(s->ovn,s->ovcap*4); s->ovi=realloc(s->ovi,s->ovcap*4); } s->ovi[s->novf]=m; s->ovn[s->novf]=s->ovh[c]; s->ovh[c]=s->novf++; } }
static int gather(S*s,int i,int cur){ int k=0; int*B=s->buf; for(int p=s->row[i];p<s->row[i+1]&&k<4000;p++) if(s->nbr[p]>cur) B[k++]=s->nbr[p]; for(int t=s->xh[i];t>=0&&k<4090;t=s->xn[t]) if(s->xj[t]>cur) B[k++]=s->xj[t];
  if(k>=4000) abort();
  for(int u=1;u<k;u++){ int v=B[u],w=u-1; while(w>=0&&B[w]>v){B[w+1]=B[w];w--;} B[w+1]=v; } return k; }
static void slow_row(S*s,int i,int cur,int variant){ double*x=s->x,*y=s->y;
  again:; int m=gather(s,i,cur); for(int u=0;u<m;u++){ int j=s->buf[u]; if(j==cur) continue; cur=j; double dx=x[i]-x[j],dy=y[i]-y[j],d2=dx*dx+dy*dy;
    if(d2<D2 && hit(s,i,j,dx,dy,d2,variant)){ int f=0; if(out(s,i)){reanchor(s,i,i,j);f=1;} if(out(s,j)){reanchor(s,j,i,j);f=1;} if(f) goto again; } } }
static void sweep_cell(S*s,int variant){ int n=s->n;
  if(s->valid){ int bad=0; double l=s->lim2; double*restrict x=s->x,*restrict y=s->y,*restrict x0=s->x0,*restrict y0=s->y0;
    for(int i=0;i<n;i++){ double dx=x[i]-x0[i],dy=y[i]-y0[i]; bad|=(dx*dx+dy*dy>l); } if(bad) s->valid=0; }
  if(!s->valid) build(s);
  double*x=s->x,*y=s->y; s->ntest+=s->row[n]; s->dirty=0;
  for(int i=0;i<n;i++){
    if(__builtin_expect(s->dirty&&s->xh[i]>=0,0)){ slow_row(s,i,i,variant); continue; }
    int k=s->row[i],e=s->row[i+1];
    while(k<e){ int j=s->nbr[k++]; double dx=x[i]-x[j],dy=y[i]-y[j],d2=dx*dx+dy*dy;
      if(__builtin_expect(d2<D2,0) && hit(s,i,j,dx,dy,d2,variant)){ int f=0; if(out(s,i)){reanchor(s,i,i,j);f=1;} if(out(s,j)){reanchor(s,j,i,j);f=1;} if(f&&s->xh[i]>=0){ slow_row(s,i,j,variant); break; } } } }
  if(s->dirty){ s->valid=0; if(s->nx){ for(int i=0;i<n;i++) s->xh[i]=-1; s->nx=0; } if(s->novf){ memset(s->ovh,0xff,(size_t)s->ncx*s->ncy*4); s->novf=0; } } }
static double now(void){ struct timespec t; clock_gettime(CLOCK_MONOTONIC,&t); return t.tv_sec+t.tv_nsec*1e-9; }
static uint64_t fnv(S*s){ uint64_t h=1469598103934665603ull; double*A[4]={s->x,s->y,s->vx,s->vy}; for(int i=0;i<s->n;i++) for(int q=0;q<4;q++){ uint64_t b; memcpy(&b,&A[q][i],8); h=(h^b)*1099511628211ull; } return h; }
static void step(S*s,int mode,int variant){ move_walls(s); if(mode==0) sweep_naive(s,variant); else if(mode==1) sweep_simd(s,variant); else sweep_cell(s,variant); }
static void dims(const char*d,int n,double*W,double*H){ if(!strcmp(d,"orig")){ *W=800;*H=600; } else if(!strcmp(d,"dilute")){ double f=sqrt(n/100.0); *W=800*f;*H=600*f; } else { double phi=atof(d); double a=n*78.53981633974483/phi; *W=sqrt(a*4/3); *H=*W*0.75; } }
int main(int c,char**v){
  if(!strcmp(v[1],"test")){ int cases=atoi(v[2]); long bad=0,steps=0,mid=0,cols=0; MT m; mt_seed(&m,777);
    for(int q=0;q<cases;q++){ int n=1+(int)(mt_real(&m)*(q%5==0?400:80)); double phi=0.01+mt_real(&m)*0.85, W,H; char b[32]; sprintf(b,"%.17g",phi); dims(b,n,&W,&H); if(W<12)W=12; if(H<12)H=12; if(q%7==0){W=800;H=600;} if(q%11==0){ double t=W;W=H*4;H=t/4+11; }
      int var=q&1; uint32_t seed=mt_u32(&m); double skins[3]={0.5,4,30}; int T=60;
      S*a=mk(n,W,H); init(a,seed); S*z[4]; for(int r=0;r<4;r++){ z[r]=mk(n,W,H); init(z[r],seed); if(r<3) z[r]->skin=skins[r]; }
      for(int t=0;t<T;t++){ step(a,0,var); steps++; for(int r=0;r<4;r++){ step(z[r],r<3?2:1,var); if(fnv(a)!=fnv(z[r])||a->pc!=z[r]->pc||a->wc!=z[r]->wc){ bad++; printf("BAD case %d n %d phi %g var %d r %d t %d\n",q,n,phi,var,r,t); goto nx; } } }
      nx: for(int r=0;r<3;r++) mid+=z[r]->nmid; cols+=a->pc;
    }
    printf("cases %d steps %ld collisions %ld mid-sweep rebuilds %ld bad %ld\n",cases,steps,cols,mid,bad); return bad!=0; }
  // ref mode variant n steps seed dens skin warm reps
  int mode=!strcmp(v[1],"naive")?0:!strcmp(v[1],"simd")?1:2, var=!strcmp(v[2],"cython"), n=atoi(v[3]), T=atoi(v[4]); uint32_t seed=strtoul(v[5],0,10); double W,H; dims(v[6],n,&W,&H);
  double skin=c>7?atof(v[7]):8; int warm=c>8?atoi(v[8]):0, reps=c>9?atoi(v[9]):1;
  S*s=mk(n,W,H); s->skin=skin; init(s,seed); for(int t=0;t<warm;t++) step(s,2,var);
  for(int r=0;r<reps;r++){ int64_t p0=s->pc; s->nbuild=s->nmid=s->ntest=0; double t0=now(); for(int t=0;t<T;t++) step(s,mode,var); double dt=now()-t0;
    printf("{\"lang\":\"c\",\"mode\":\"%s\",\"variant\":\"%s\",\"n\":%d,\"steps\":%d,\"sec\":%.6f,\"ns_per_pstep\":%.4f,\"gpairs\":%.4f,\"pc\":%lld,\"wc\":%lld,\"cols\":%lld,\"hash\":\"%016llx\",\"builds\":%lld,\"mid\":%lld,\"list\":%.3f}\n",v[1],v[2],n,T,dt,dt*1e9/((double)n*T),(double)n*(n-1)/2*T/dt*1e-9,(long long)s->pc,(long long)s->wc,(long long)(s->pc-p0),(unsigned long long)fnv(s),(long long)s->nbuild,(long long)s->nmid,(double)s->ntest/T/n); fflush(stdout); }
}
// ---- shared-library entry points (for Deno FFI, so that all contenders run interleaved in one process)
double skin_auto(int n,double W,double H){ double s=sqrt(0.5*W*H/n)-10; return s>8?s:8; }
void* c_new(int n,double W,double H,double skin,uint32_t seed){ S*s=mk(n,W,H); s->skin=skin>0?skin:skin_auto(n,W,H); init(s,seed); return s; }
void c_run(void*h,int mode,int variant,int T){ for(int t=0;t<T;t++) step(h,mode,variant); }
uint64_t c_hash(void*h){ return fnv(h); }
double c_pc(void*h){ return (double)((S*)h)->pc; } double c_wc(void*h){ return (double)((S*)h)->wc; } double c_ntest(void*h){ return (double)((S*)h)->ntest; } double c_builds(void*h){ return (double)((S*)h)->nbuild; } double c_mid(void*h){ return (double)((S*)h)->nmid; }
void c_put(void*h,const double*x,const double*y,const double*vx,const double*vy){ S*s=h; size_t b=s->n*8; memcpy(s->x,x,b);memcpy(s->y,y,b);memcpy(s->vx,vx,b);memcpy(s->vy,vy,b); s->valid=0; }
double c_cpu(void){ struct timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID,&t); return t.tv_sec+t.tv_nsec*1e-9; }

void c_free(void*h){ S*s=h; free(s->x);free(s->y);free(s->vx);free(s->vy);free(s->x0);free(s->y0);free(s->cx);free(s->cy);free(s->row);free(s->nbr);free(s->cell);free(s->cid);free(s->cs);free(s->ovh);free(s->xh);free(s->tr);free(s->ovn);free(s->ovi);free(s->xn);free(s->xj);free(s); }
